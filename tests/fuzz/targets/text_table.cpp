#include "host/io/text_table.hpp"

#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"
#include "host/io/sonata_spikes.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"

using namespace tripartite;

namespace {

void attempt(auto reader) try { reader(); } catch (const Error&) {
}

}  // namespace

TRIPARTITE_FUZZ_TARGET(text_table, 2000) {
  const auto path = fuzz::scratch_file("table.csv", bytes);
  attempt([&] { io::read_spikes(path, ""); });
  attempt([&] { network::read_edges(path, ""); });
  const io::TextTable table = io::TextTable::read(path);
  for (std::size_t column = 0; column < std::max<std::size_t>(table.names().size(), 1); ++column) table.numbers(column);
}
