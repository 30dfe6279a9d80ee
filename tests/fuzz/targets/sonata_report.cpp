#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"
#include "host/report/recorded.hpp"

using namespace tripartite;

TRIPARTITE_FUZZ_TARGET(sonata_report, 200) {
  fuzz::scratch_file("recordings.h5", bytes);
  report::read_recorded(fuzz::scratch_directory(), {"C", "I"});
}
