#include "host/backend/require_memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/error_text.hpp"
#include "tripartite/error.hpp"

namespace tripartite {
namespace {

constexpr double gib = 1073741824;

TEST(RequireMemory, SaysWhatIsNeededWhatThereIsAndWhatWouldNeedLess) {
  EXPECT_EQ(error_text<MemoryError>([] { require_memory("population.neurons = 7", 3.21 * gib, 250 * gib / 100); }),
            "population.neurons = 7: needs 3.2 GiB of memory, 2.5 GiB are available");
  EXPECT_EQ(error_text<MemoryError>([] { require_memory("network", 2e6 * gib, gib, "fewer neurons need less"); }),
            "network: needs 2000000 GiB of memory, 1.0 GiB are available; fewer neurons need less");
  EXPECT_EQ(error_text<MemoryError>([] { require_device_memory("network", gib, gib / 1000); }),
            "network: needs 1.0 GiB of memory on the CUDA device, 0.001 GiB are available");
  EXPECT_EQ(error_text<MemoryError>(
                [] { with_remedy("fewer cues need less", [] { require_memory("recall", 2 * gib, gib); }); }),
            "recall: needs 2.0 GiB of memory, 1.0 GiB are available; fewer cues need less");
}

TEST(RequireMemory, LetsPassWhatFits) {
  EXPECT_NO_THROW(require_memory("network", gib, gib));
  EXPECT_EQ(with_remedy("nothing", [] { return 3; }), 3);
}

}  // namespace
}  // namespace tripartite
