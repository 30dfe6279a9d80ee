#include "host/run/checkpoints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <istream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "host/run/pieces.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t kind = 7;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class CheckpointsTest : public testing::Test {
 protected:
  Checkpoints::Options options(bool resume = false) {
    Checkpoints::Options options;
    options.directory = directory_.path();
    options.identity = {"synapse", "float32", "cpu", "avx2"};
    options.resume = resume;
    options.tell = [this](std::string_view what) { told_.emplace_back(what); };
    return options;
  }

  /// Checkpoints after so many records each, then one record more.
  void write(const std::vector<int>& records) {
    Checkpoints checkpoints(options());
    int made = 0;
    for (const int upto : records) {
      for (; made < upto; ++made) checkpoints.append(kind, {bytes_of(std::to_string(made))});
      checkpoints.take(upto, 10, [&](std::ostream& out) { out << "state " << upto; });
      checkpoints.wait();
    }
    checkpoints.append(kind, {bytes_of("lost")});
  }

  static std::string state_of(const Checkpoints& checkpoints) {
    std::string state;
    checkpoints.load([&](std::istream& in) { state.assign(std::istreambuf_iterator<char>(in), {}); });
    return state;
  }
  static std::vector<std::string> replayed(const Checkpoints& checkpoints) {
    std::vector<std::string> all;
    checkpoints.replay([&](const JournalRecord& record) {
      all.emplace_back(reinterpret_cast<const char*>(record.payload.data()), record.payload.size());
    });
    return all;
  }

  const TemporaryDirectory directory_;
  std::vector<std::string> told_;
};

TEST_F(CheckpointsTest, ARunGoesOnFromTheLastOfTwo) {
  write({1, 2, 4});
  EXPECT_THAT(checkpoint_files(directory_.path()), SizeIs(2));
  const Checkpoints checkpoints(options(true));
  ASSERT_TRUE(checkpoints.restart());
  EXPECT_EQ(checkpoints.restart()->step, 4);
  EXPECT_EQ(state_of(checkpoints), "state 4");
  EXPECT_THAT(replayed(checkpoints), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(CheckpointsTest, WithoutResumeNothingIsLeftOfTheRunBefore) {
  write({1, 2});
  const Checkpoints checkpoints(options());
  EXPECT_FALSE(checkpoints.restart());
  EXPECT_THAT(checkpoint_files(directory_.path()), IsEmpty());
}

TEST_F(CheckpointsTest, FallsBackFromEveryFlippedBitAndEveryCut) {
  write({1, 2, 4});
  const auto newest = checkpoint_files(directory_.path()).front();
  const std::string whole = io::read_file(newest), journal = io::read_file(journal_file(directory_.path()));
  const auto falls_back = [&](const std::string& damaged) {
    io::write_file(newest, damaged);
    io::write_file(journal_file(directory_.path()), journal);
    told_.clear();
    const Checkpoints checkpoints(options(true));
    return checkpoints.restart() && checkpoints.restart()->step == 2 && state_of(checkpoints) == "state 2" &&
           replayed(checkpoints).size() == 2 && told_.size() == 1;
  };
  for (std::size_t size = 0; size < whole.size(); size += 7) ASSERT_TRUE(falls_back(whole.substr(0, size))) << size;
  const std::size_t version_at = std::string_view("tripartite checkpoint\n").size();
  for (std::size_t place = 0; place < whole.size(); ++place) {
    if (place >= version_at && place < version_at + 4) continue;  // another version is refused, see below
    std::string damaged = whole;
    damaged[place] = char(damaged[place] ^ 4);
    ASSERT_TRUE(falls_back(damaged)) << place;
  }
}

TEST_F(CheckpointsTest, FallsBackWhereTheJournalIsShorterThanPromised) {
  write({1, 4});
  const std::string journal = io::read_file(journal_file(directory_.path()));
  const JournalMark first = read_checkpoint(checkpoint_files(directory_.path()).back()).journal;
  io::write_file(journal_file(directory_.path()), journal.substr(0, first.bytes + 5));
  const Checkpoints checkpoints(options(true));
  ASSERT_TRUE(checkpoints.restart());
  EXPECT_EQ(checkpoints.restart()->step, 1);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("does not hold what had been recorded by then")));
}

TEST_F(CheckpointsTest, BeginsAnewWhereNoneIsWhole) {
  write({1, 2});
  for (const auto& path : checkpoint_files(directory_.path())) io::write_file(path, "x");
  const Checkpoints checkpoints(options(true));
  EXPECT_FALSE(checkpoints.restart());
  EXPECT_THAT(told_.back(), HasSubstr("begins anew"));
}

TEST_F(CheckpointsTest, RefusesAnotherVersionBackendPrecisionOrInstructionSet) {
  write({1, 2});
  const auto refused = [&](auto change) {
    auto other = options(true);
    change(other);
    try {
      const Checkpoints checkpoints(other);
      return std::string("accepted");
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_THAT(refused([](auto& other) { other.identity.backend = "cuda"; }),
              HasSubstr("run.backend cpu, here it is cuda"));
  EXPECT_THAT(refused([](auto& other) { other.identity.precision = "float64"; }), HasSubstr("run.precision"));
  EXPECT_THAT(refused([](auto& other) { other.identity.instruction_set = "avx512"; }),
              HasSubstr("instruction set avx2"));
  EXPECT_EQ(refused([](auto& other) {
              other.identity.backend = "cuda";
              other.allow_other_backend = true;
            }),
            "accepted");
  const auto newest = checkpoint_files(directory_.path()).front();
  std::string newer = io::read_file(newest);
  newer[std::string_view("tripartite checkpoint\n").size()] = 9;
  io::write_file(newest, newer);
  EXPECT_THROW(Checkpoints{options(true)}, FileError);
}

TEST_F(CheckpointsTest, IsDueByTheClockAndOnRequest) {
  auto never = options();
  never.interval = 1e9;
  bool wanted = false;
  never.wanted = [&] { return std::exchange(wanted, false); };
  Checkpoints checkpoints(never);
  EXPECT_FALSE(checkpoints.due());
  wanted = true;
  EXPECT_TRUE(checkpoints.due());
  EXPECT_FALSE(checkpoints.due());
  auto always = options();
  always.interval = 1e-9;
  EXPECT_TRUE(Checkpoints(always).due());
}

TEST_F(CheckpointsTest, ErrorsOfTheWriterAreThrownLater) {
  Checkpoints checkpoints(options());
  std::filesystem::create_directory(directory_.path() / "checkpoint-1.bin");
  checkpoints.take(1, 10, [](std::ostream& out) { out << "state"; });
  EXPECT_THROW(checkpoints.wait(), FileError);
}

TEST_F(CheckpointsTest, KeepsPiecesByName) {
  const std::vector<double> values{1, 2, 0.1};
  {
    Checkpoints checkpoints(options());
    EXPECT_EQ(kept(&checkpoints, "first", [] { return 0.25; }), 0.25);
    checkpoints.finish("second", PieceWriter().put(3).put_all(std::span<const double>(values)).bytes());
  }
  Checkpoints checkpoints(options(true));
  EXPECT_EQ(checkpoints.found_pieces(), 2u);
  EXPECT_EQ(kept(&checkpoints, "first", []() -> double { throw std::logic_error("computed again"); }), 0.25);
  ASSERT_TRUE(is_kept(&checkpoints, "second"));
  PieceReader piece(*checkpoints.finished("second"));
  EXPECT_EQ(piece.get<int>(), 3);
  EXPECT_EQ(piece.get_all<double>(), values);
  EXPECT_THROW(piece.get<char>(), FileError);
  EXPECT_FALSE(is_kept(&checkpoints, "third"));
  EXPECT_FALSE(is_kept(nullptr, "first"));
}

TEST_F(CheckpointsTest, KeepsPiecesBehindTheCheckpointButNotWhatStepsHandedOut) {
  const auto finish = [](Checkpoints& checkpoints, const char* key) {
    checkpoints.finish(key, PieceWriter().put(1.5).bytes());
  };
  {
    Checkpoints checkpoints(options());
    finish(checkpoints, "before");
    checkpoints.take(1, 10, [](std::ostream& out) { out << "state"; });
    checkpoints.wait();
    finish(checkpoints, "behind");
    checkpoints.append(kind, {bytes_of("lost")});
    finish(checkpoints, "behind what is lost");
  }
  for (int again = 0; again < 2; ++again) {  // the second finds what the first has left in place
    const Checkpoints checkpoints(options(true));
    ASSERT_TRUE(checkpoints.restart());
    EXPECT_EQ(state_of(checkpoints), "state");
    EXPECT_TRUE(is_kept(&checkpoints, "before"));
    EXPECT_TRUE(is_kept(&checkpoints, "behind"));
    EXPECT_FALSE(is_kept(&checkpoints, "behind what is lost"));
  }
}

TEST_F(CheckpointsTest, APieceThatWasCutOffIsComputedAgain) {
  { Checkpoints(options()).finish("first", PieceWriter().put(1.5).bytes()); }
  const std::string whole = io::read_file(journal_file(directory_.path()));
  io::write_file(journal_file(directory_.path()), whole.substr(0, whole.size() - 1));
  Checkpoints checkpoints(options(true));
  EXPECT_EQ(checkpoints.found_pieces(), 0u);
  EXPECT_EQ(kept(&checkpoints, "first", [] { return 2.5; }), 2.5);
}

TEST_F(CheckpointsTest, ACompleteRunKeepsNothingUnlessItShould) {
  write({1, 2});
  EXPECT_TRUE(can_go_on(directory_.path()));
  {
    auto keeping = options(true);
    keeping.keep = true;
    Checkpoints checkpoints(keeping);
    checkpoints.finish_run();
  }
  EXPECT_TRUE(can_go_on(directory_.path()));
  Checkpoints checkpoints(options(true));
  checkpoints.finish_run();
  EXPECT_FALSE(can_go_on(directory_.path()));
  EXPECT_EQ(directory_.entries(), 0u);
}

}  // namespace
}  // namespace tripartite::run
