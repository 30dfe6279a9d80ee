// The program with and without its CUDA module, seen from outside, where a driver is installed or something that stands
// for one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/backend.hpp"

namespace tripartite {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Sets an environment variable for a scope.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_)
      setenv(name_, before_->c_str(), 1);
    else
      unsetenv(name_);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

fs::path fresh_folder() {
  std::string name = testing::TempDir() + "cuda_program_XXXXXX";
  return ::mkdtemp(name.data());
}

Finished run(const std::vector<std::string>& arguments, const fs::path& folder = testing::TempDir()) {
  return run_program(arguments, folder);
}

std::string reason_of(const Finished& info) {
  const nlohmann::json machine = nlohmann::json::parse(info.out);
  for (const auto& backend : machine.at("backends"))
    if (backend.at("name") == "cuda") return backend.value("reason", "");
  return "no entry";
}

TEST(ProgramWithoutDriver, SaysSoInOneLine) {
  if (why_unavailable(Backend::cuda) != "no driver") GTEST_SKIP() << "there is a driver here";
  const Finished info = run({"info"});
  EXPECT_EQ(info.status, 0);
  EXPECT_THAT(info.out, HasSubstr("cuda: no driver\n"));
  EXPECT_THAT(info.out, HasSubstr("default backend: cpu\n"));
  const Finished asked = run({"synapse", "--duration", "0.1", "--backend", "cuda", "--out", fresh_folder() / "a"});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.err, HasSubstr("backend cuda: no driver"));
}

class ProgramWithDriver : public testing::Test {
  Variable driver_{"LD_LIBRARY_PATH", FOLDER_OF_THE_DRIVER};
};

TEST_F(ProgramWithDriver, NamesTheModuleThatIsMissingAndFallsBackToTheCpu) {
  const Variable module("TRIPARTITE_CUDA_MODULE", "/nowhere/module.so");
  EXPECT_EQ(reason_of(run({"info", "--json"})), "the module is missing at /nowhere/module.so (TRIPARTITE_CUDA_MODULE)");
  const fs::path folder = fresh_folder();
  const Finished automatic = run({"synapse", "--duration", "0.1", "--out", "a"}, folder);
  EXPECT_EQ(automatic.status, 0) << automatic.err;
  EXPECT_THAT(automatic.err, HasSubstr("cuda: the module is missing at /nowhere/module.so"));
  EXPECT_THAT(automatic.err, HasSubstr("; the CPU computes"));
  const Finished asked = run({"synapse", "--duration", "0.1", "--backend", "cuda", "--out", "b"}, folder);
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.err, HasSubstr("backend cuda: the module is missing at /nowhere/module.so"));
}

TEST_F(ProgramWithDriver, FindsTheModuleOfTheBuild) {
  EXPECT_THAT(reason_of(run({"info", "--json"})), Not(HasSubstr("module")));
}

/// A copy of the program, as it is installed.
class InstalledProgram : public ProgramWithDriver {
 protected:
  InstalledProgram() {
    fs::create_directories(prefix_ / "bin");
    fs::copy_file(TRIPARTITE_PROGRAM, prefix_ / "bin" / "tripartite");
  }
  ~InstalledProgram() override { fs::remove_all(prefix_); }
  std::string reason() {
    const std::string out = prefix_ / "info.json";
    EXPECT_EQ(std::system(((prefix_ / "bin" / "tripartite").string() + " info --json >" + out).c_str()), 0);
    Finished info;
    info.out = io::read_file(out);
    return reason_of(info);
  }
  fs::path folder_of_module() const { return prefix_ / TRIPARTITE_MODULE_DIR; }

  fs::path prefix_ = fresh_folder();
};

TEST_F(InstalledProgram, SaysWhereItLookedForTheModule) {
  EXPECT_THAT(reason(), StartsWith("the module libtripartite_cuda.so is missing in " + folder_of_module().string()));
}

TEST_F(InstalledProgram, FindsTheModuleInTheLibraryFolder) {
  fs::create_directories(folder_of_module());
  fs::create_symlink(CUDA_MODULE, folder_of_module() / "libtripartite_cuda.so");
  EXPECT_THAT(reason(), Not(HasSubstr("module")));
}

}  // namespace
}  // namespace tripartite
