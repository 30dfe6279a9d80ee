#include <string>
#include <string_view>

#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"
#include "host/io/hdf5_file.hpp"
#include "tripartite/error.hpp"

using namespace tripartite;

namespace {

/// What is refused for its own sake does not hinder the next one. A file that makes the child end is left alone: each
/// reading may take seconds.
void attempt(auto reader) try { reader(); } catch (const Error& e) {
  if (std::string_view(e.what()).find("reading it ") != std::string_view::npos) throw;
}

void read_object(const io::Hdf5File& file, const std::string& path, int depth) {
  attempt([&] { file.read<double>(path); });
  attempt([&] { file.read<std::int32_t>(path); });
  attempt([&] { file.read<std::string>(path); });
  for (const char* name : {"magic", "version", "units", "width"}) {
    if (!file.contains_attribute(path, name)) continue;
    attempt([&] { file.read_attribute_list<double>(path, name); });
    attempt([&] { file.read_attribute<std::string>(path, name); });
  }
  if (depth > 3) return;  // our files have no groups further down
  attempt([&] {
    int most = 8;
    for (const std::string& name : file.names(path))
      if (--most >= 0) read_object(file, (path == "/" ? "" : path) + "/" + name, depth + 1);
  });
}

}  // namespace

// All datasets and attributes of a file, as numbers and as text.
TRIPARTITE_FUZZ_TARGET(hdf5, 60) {
  const auto file = io::Hdf5File::open(fuzz::scratch_file("values.h5", bytes));
  read_object(file, "/", 0);
}
