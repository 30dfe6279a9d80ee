// Writes the seeds that no editor can: HDF5 files and saved states. `write_fuzz_seeds DIRECTORY`, which is
// tests/fuzz/corpus.
#include <hdf5.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "fuzz/saved_simulations.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tripartite;

/// An HDF5 file of few bytes, in the oldest format, which has no checksums, or in the newest.
class Seed {
 public:
  Seed(const fs::path& path, bool newest) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS), create = H5Pcreate(H5P_FILE_CREATE);
    if (newest) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    H5Pset_sym_k(create, 1, 1);
    H5Pset_istore_k(create, 1);
    H5Pset_meta_block_size(access, 0);
    H5Pset_small_data_block_size(access, 0);
    file_ = checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, create, access));
    H5Pclose(access);
    H5Pclose(create);
  }
  Seed(const Seed&) = delete;
  Seed& operator=(const Seed&) = delete;
  ~Seed() { H5Fclose(file_); }

  void numbers(const std::string& path, const std::vector<hsize_t>& shape, const std::vector<double>& values,
               bool compressed = false) {
    write(path, shape, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), compressed);
  }
  void integers(const std::string& path, const std::vector<std::int64_t>& values) {
    write(path, {values.size()}, H5T_STD_U64LE, H5T_NATIVE_INT64, values.data(), false);
  }
  void text(const std::string& path, const std::vector<const char*>& values) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    write(path, {values.size()}, type, type, values.data(), false);
    H5Tclose(type);
  }
  void attribute(const std::string& object, const char* name, const std::string& value) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, value.size());
    attribute(object, name, type, type, space, value.data());
    H5Tclose(type);
  }
  void long_attribute(const std::string& object, const char* name, const char* value) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, H5T_VARIABLE);
    attribute(object, name, type, type, space, &value);
    H5Tclose(type);
  }
  void integer_attribute(const std::string& object, const char* name, const std::vector<std::int32_t>& values) {
    const hsize_t size = values.size();
    attribute(object, name, H5T_STD_I32LE, H5T_NATIVE_INT32, H5Screate_simple(1, &size, nullptr), values.data());
  }
  void soft_link(const char* target, const char* path) {
    H5Lcreate_soft(target, file_, path, H5P_DEFAULT, H5P_DEFAULT);
  }
  void external_link(const char* file, const char* path) {
    H5Lcreate_external(file, "/data", file_, path, H5P_DEFAULT, H5P_DEFAULT);
  }

 private:
  static hid_t checked(hid_t id) {
    if (id < 0) throw std::runtime_error("HDF5 refused to write a seed");
    return id;
  }
  void write(const std::string& path, const std::vector<hsize_t>& shape, hid_t stored, hid_t type, const void* values,
             bool compressed) {
    const hid_t links = H5Pcreate(H5P_LINK_CREATE), properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    H5Pset_obj_track_times(properties, false);
    if (compressed) {
      H5Pset_chunk(properties, int(shape.size()), shape.data());
      H5Pset_shuffle(properties);
      H5Pset_deflate(properties, 9);
    }
    const hid_t space = H5Screate_simple(int(shape.size()), shape.data(), nullptr);
    const hid_t data = checked(H5Dcreate2(file_, path.c_str(), stored, space, links, properties, H5P_DEFAULT));
    checked(H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    for (const hid_t property : {links, properties}) H5Pclose(property);
    H5Dclose(data);
    H5Sclose(space);
  }
  void attribute(const std::string& object, const char* name, hid_t stored, hid_t type, hid_t space,
                 const void* values) {
    const hid_t made =
        checked(H5Acreate_by_name(file_, object.c_str(), name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    checked(H5Awrite(made, type, values));
    H5Aclose(made);
    H5Sclose(space);
  }

  hid_t file_;
};

void write_hdf5(const fs::path& corpus, bool newest) {
  const std::string name = newest ? "newest" : "oldest";
  {
    Seed file(corpus / "hdf5" / (name + "_numbers.h5"), newest);
    file.numbers("/a/data", {2, 2}, {1, 2, 3, 4});
    file.numbers("/a/zipped", {4}, {1, 2, 3, 4}, true);
    file.attribute("/a/data", "units", "ms");
    file.integer_attribute("/", "version", {0, 1});
  }
  {
    Seed file(corpus / "hdf5" / (name + "_text.h5"), newest);
    file.text("/tokens", {"a", "bcd"});
    file.long_attribute("/tokens", "units", "ms");
  }
  {
    Seed file(corpus / "hdf5" / (name + "_links.h5"), newest);
    file.soft_link("/b", "/a");
    file.soft_link("/a", "/b");
    file.external_link("other.h5", "/c");
  }
  {
    Seed file(corpus / "sonata_spikes" / (name + ".h5"), newest);
    file.numbers("/spikes/a/timestamps", {3}, {0.1, 5, 7.5});
    file.integers("/spikes/a/node_ids", {0, 2, 1});
    file.attribute("/spikes/a/timestamps", "units", "ms");
  }
  {
    Seed file(corpus / "sonata_edges" / (name + ".h5"), newest);
    file.integers("/edges/a/source_node_id", {0, 1});
    file.integers("/edges/a/target_node_id", {1, 0});
    file.integers("/edges/a/edge_group_id", {0, 0});
    file.integers("/edges/a/edge_group_index", {1, 0});
    file.numbers("/edges/a/0/syn_weight", {2}, {0.5, -1});
    file.integer_attribute("/edges/a", "neurons", {2});
  }
  {
    Seed file(corpus / "sonata_report" / (name + ".h5"), newest);
    file.numbers("/report/C/data", {3, 2}, {1, 2, 3, 4, 5, 6});
    file.numbers("/report/C/mapping/time", {3}, {0, 3, 1});
    file.integers("/report/C/mapping/node_ids", {4, 7});
    file.attribute("/report/C/data", "units", "uM");
  }
}

void write_state(const fs::path& path, char kind, const auto& simulation) {
  std::ostringstream state;
  simulation.save(state);
  std::ofstream(path, std::ios::binary) << kind << state.str();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error("usage: write_fuzz_seeds DIRECTORY");
  const fs::path corpus = argv[1];
  for (const bool newest : {false, true}) write_hdf5(corpus, newest);
  write_state(corpus / "saved_state/network.bin", 0, *fuzz::small_network());
  write_state(corpus / "saved_state/attention.bin", 1, *fuzz::small_attention());
  const auto memory = fuzz::small_memory();
  memory->start(std::vector<double>{0.5, -0.5}, memory::Regime::warm);
  write_state(corpus / "saved_state/memory.bin", 2, *memory);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "write_fuzz_seeds: %s\n", e.what());
  return 1;
}
