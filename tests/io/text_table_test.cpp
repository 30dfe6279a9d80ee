#include "host/io/text_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/io/atomic_file.hpp"
#include "host/io/sonata_spikes.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"

namespace tripartite::io {
namespace {

using testing::AllOf;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;

class TextTableTest : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& contents) const {
    write_file(path(), contents);
    return path();
  }
  std::filesystem::path path() const { return directory_.path() / "a.csv"; }
  template <class Read>
  std::string refusal(Read read, const std::string& contents) const {
    return error_text<FileError>([&] { read(file(contents)); });
  }

 private:
  const TemporaryDirectory directory_;
};

TEST_F(TextTableTest, ReadsEveryCommonSeparator) {
  for (const char* contents : {"a,b\n1,2\n3,4\n", "a;b\n1;2\n3;4", "a\tb\r\n1\t2\r\n3\t4\r\n", "a b\n1   2\n\n3\t4\n",
                               "# made by hand\na , b\n 1 , 2 # first\n# none\n3,4\n",
                               "\xEF\xBB\xBF"
                               "a,b\n1,2\n3,4\n"}) {
    const TextTable table = TextTable::read(file(contents));
    EXPECT_THAT(table.names(), ElementsAre("a", "b")) << contents;
    EXPECT_THAT(table.numbers(0), ElementsAre(1, 3)) << contents;
    EXPECT_THAT(table.numbers(1), ElementsAre(2, 4)) << contents;
  }
}

TEST_F(TextTableTest, ReadsNumbersWithoutNamesInTheirOrder) {
  const TextTable table = TextTable::read(file("1, 2,\n3 4\n5"));
  EXPECT_FALSE(table.has_names());
  EXPECT_THAT(table.numbers(0), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(TextTableTest, NamesFileLineAndColumnOfAnError) {
  const auto read = [](const auto& path) { return TextTable::read(path); };
  const std::string name = path().string();
  EXPECT_EQ(refusal(read, "a,b\n1,2\n\n3,x\n"), name + ": line 4, column 2 (b): \"x\": expected a number");
  EXPECT_EQ(refusal(read, "a,b\n1,nan\n"), name + ": line 2, column 2 (b): \"nan\": expected a number");
  EXPECT_EQ(refusal(read, "a,b\n1,\n"), name + ": line 2, column 2 (b): \"\": expected a number");
  EXPECT_EQ(refusal(read, "a,b\n1\n"), name + ": line 2: 1 values, expected one for each of 2 columns (a, b)");
  EXPECT_EQ(refusal(read, "1\n2\n3 4 y\n"), name + ": line 3, column 3: \"y\": expected a number");
  EXPECT_EQ(refusal(read, "# nothing\n\n"), name + ": is empty");
}

TEST_F(TextTableTest, SpikesAreReadInTheUnitOfTheirColumn) {
  for (const char* contents : {"time_s,node\n0.25,3\n1.5,0\n", "node\ttime_ms\n3\t250\n0\t1500\n",
                               "# NEST\nsender time_ms\n3 250.0\n0 1500.0\n"}) {
    const Spikes spikes = read_spikes(file(contents));
    EXPECT_THAT(spikes.times, ElementsAre(DoubleEq(0.25), DoubleEq(1.5))) << contents;
    EXPECT_THAT(spikes.nodes, ElementsAre(3, 0)) << contents;
    EXPECT_TRUE(spikes.unit_is_given);
  }
  const auto read = [](const auto& path) { return read_spikes(path); };
  const std::string name = path().string();
  EXPECT_EQ(refusal(read, "0.25,3\n"),
            name + ": line 1: expected the names of the columns, time_s or time_ms, and node");
  EXPECT_EQ(refusal(read, "time,node\n0.25,3\n"),
            name + ": line 1: expected the names of the columns, time_s or time_ms, and node");
  EXPECT_EQ(refusal(read, "time_s,node\n0.25,3\n0.5,1.5\n"),
            name + ": line 3, column 2 (node): 1.5: expected a whole number from 0 to 9007199254740992");
  EXPECT_EQ(refusal(read, "time_s,node,weight\n0.25,3,1\n"),
            name + ": line 1, column 3: \"weight\" is no column of such a file; it has time_s, node");
  EXPECT_THAT(error_text<FileError>([&] { read_spikes(path(), "inputs"); }), HasSubstr("has no populations"));
}

TEST_F(TextTableTest, EdgesHaveWhatTheirColumnsSay) {
  const auto edges = network::read_edges(file("source,target,J,astrocyte\n0,4,0.5,-1\n2,1,-0.25,7\n"));
  EXPECT_THAT(edges.edges.pre, ElementsAre(0, 2));
  EXPECT_THAT(edges.edges.post, ElementsAre(4, 1));
  EXPECT_THAT(edges.efficacy, ElementsAre(0.5, -0.25));
  EXPECT_THAT(edges.astrocyte, ElementsAre(-1, 7));
  EXPECT_EQ(edges.neurons, 5U);
  const auto bare = network::read_edges(file("target_node_id source_node_id\n1 2\n"));
  EXPECT_THAT(bare.edges.pre, ElementsAre(2));
  EXPECT_THAT(bare.edges.post, ElementsAre(1));
  EXPECT_TRUE(bare.efficacy.empty() && bare.astrocyte.empty());
  const auto read = [](const auto& path) { return network::read_edges(path); };
  EXPECT_THAT(refusal(read, "source,target\n0,-1\n"),
              HasSubstr("line 2, column 2 (target): -1: expected a whole number from 0"));
  EXPECT_THAT(refusal(read, "source,target,delay\n0,1,2\n"), HasSubstr("line 1, column 3: \"delay\" is no column"));
  EXPECT_THAT(refusal(read, "from,to\n0,1\n"), HasSubstr("source, target and, if need be, J and astrocyte"));
}

}  // namespace
}  // namespace tripartite::io
