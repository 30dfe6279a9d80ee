// How the CUDA module is loaded, and that errors keep their types on the way from it to the program.
#include "host/backend/cuda_module.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

#include "backend/raised.hpp"
#include "tripartite/error.hpp"
#include "tripartite/version.hpp"

namespace tripartite::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class Real>
void raise(Raised raised) {
  const LoadedCudaModule loaded = load_cuda_module(RAISING_MODULE);
  ASSERT_NE(loaded.module, nullptr) << loaded.reason;
  attention::EngineSetup setup;
  setup.tokens = int(raised);
  loaded.module->factories<Real>().attention_engine(setup);
}

template <class Thrown>
void expect_thrown(Raised raised, const std::string& words) {
  try {
    raise<float>(raised);
    FAIL() << "nothing was thrown";
  } catch (const Thrown& error) {
    EXPECT_EQ(error.what(), words);
  } catch (...) {
    FAIL() << "thrown, but not of the type expected for \"" << words << "\"";
  }
}

TEST(CudaModule, ThrowsErrorsOfTheTypesOfTheProgram) {
  expect_thrown<ConfigError>(Raised::config, "config");
  expect_thrown<FileError>(Raised::file, "file");
  expect_thrown<DeviceError>(Raised::device, "device");
  expect_thrown<MemoryError>(Raised::memory, "memory");
  expect_thrown<NumericsError>(Raised::numerics, "numerics");
  expect_thrown<Cancelled>(Raised::cancelled, "cancelled");
  EXPECT_THROW(raise<double>(Raised::device), Error);  // the base, too
  EXPECT_THROW(raise<double>(Raised::out_of_memory), std::bad_alloc);
}

TEST(CudaModule, NamesTheFileThatIsMissing) {
  const LoadedCudaModule loaded = load_cuda_module("/nowhere/libtripartite_cuda.so");
  EXPECT_EQ(loaded.module, nullptr);
  EXPECT_THAT(loaded.reason, AllOf(HasSubstr("/nowhere/libtripartite_cuda.so"), HasSubstr("No such file")));
}

TEST(CudaModule, OfAnotherVersionIsRefused) {
  const LoadedCudaModule loaded = load_cuda_module(OTHER_VERSION_MODULE);
  EXPECT_EQ(loaded.module, nullptr);
  EXPECT_THAT(loaded.reason, AllOf(HasSubstr("0.0.7"), HasSubstr("expected " TRIPARTITE_VERSION)));
}

TEST(CudaModule, WithoutATableIsRefused) {
  const LoadedCudaModule loaded = load_cuda_module(FOREIGN_MODULE);
  EXPECT_EQ(loaded.module, nullptr);
  EXPECT_THAT(loaded.reason, HasSubstr("is not a CUDA module of tripartite"));
}

TEST(CudaModule, NamesTheLibraryThatItMisses) {
  const LoadedCudaModule loaded = load_cuda_module(UNLOADABLE_MODULE);
  EXPECT_EQ(loaded.module, nullptr);
  EXPECT_THAT(loaded.reason, AllOf(HasSubstr("cannot be loaded: libabsent_library.so"), HasSubstr("No such file")));
}

}  // namespace
}  // namespace tripartite::tests
