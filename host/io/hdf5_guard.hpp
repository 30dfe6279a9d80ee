#pragma once

#include <cstdint>
#include <string>

#include "host/io/hdf5_handle.hpp"

/// What a file from strangers may not make HDF5 do: read other files, load plug-ins, or allocate far more than the file
/// holds. HDF5 itself would do all of that without a word.
namespace tripartite::io::detail {

/// Access properties of class H5P_DATASET_ACCESS, H5P_GROUP_ACCESS or H5P_LINK_ACCESS, under which HDF5 does not follow
/// links to other files. Soft links, which stay inside, are followed as often as HDF5 does by itself.
Handle access_within_file(hid_t property_class);

/// Why the values of a dataset are not read: they are in other files, or need more than the filters that every HDF5 has
/// built in and that are safe on damaged data. Empty if nothing speaks against it.
std::string why_not_within_file(hid_t dataset);

/// The largest number of bytes that is read from a file of `file_bytes`: what the strongest compression could expand it
/// to, and a little more for datasets that hold nothing but their fill value.
std::uint64_t most_bytes(std::uint64_t file_bytes);

/// "need N bytes, more than the M that a file of F bytes may hold": words for an error.
std::string too_large_for_file(const std::string& needed, std::uint64_t file_bytes);

/// Bytes of a chunk of a dataset of elements of `element` bytes; 0 if it has no chunks.
double chunk_bytes(hid_t dataset, std::size_t element);

}  // namespace tripartite::io::detail
