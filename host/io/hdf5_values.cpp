#include "host/io/hdf5_values.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace tripartite::io::detail {
namespace {

template <class T>
hid_t native_type() {
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::uint32_t>) return H5T_NATIVE_UINT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
  if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
}

Handle variable_length_text() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

bool read_fixed_text(const Storage& storage, std::vector<std::string>& values, const Handle& stored) {
  const std::size_t length = H5Tget_size(stored.get());
  std::vector<char> characters(values.size() * length);
  if (!storage.read_raw(stored.get(), characters.data())) return false;
  const bool is_space_padded = H5Tget_strpad(stored.get()) == H5T_STR_SPACEPAD;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i].assign(characters.data() + i * length, length);
    values[i].resize(std::min(values[i].find('\0'), length));
    if (is_space_padded) values[i].resize(values[i].find_last_not_of(' ') + 1);
  }
  return true;
}

bool read_variable_text(const Storage& storage, std::vector<std::string>& values) {
  const Handle type = variable_length_text();
  const Handle space = storage.space();
  // HDF5 requires the character set of the memory type to equal that of the file type.
  H5Tset_cset(type.get(), H5Tget_cset(storage.type().get()));
  std::vector<char*> texts(values.size(), nullptr);
  if (!storage.read_raw(type.get(), texts.data())) return false;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = texts[i] == nullptr ? "" : texts[i];
  return H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, texts.data()) >= 0;
}

/// An integer of 1, 2, 4 or 8 bytes, all of whose bits count; so are the values of an enumeration.
bool is_usual_integer(hid_t stored) {
  if (H5Tget_class(stored) == H5T_ENUM) {
    const Handle base(H5Tget_super(stored), H5Tclose);
    return base.get() >= 0 && H5Tget_class(base.get()) == H5T_INTEGER && is_usual_integer(base.get());
  }
  constexpr std::size_t bits = 8;
  const std::size_t size = H5Tget_size(stored);
  return (size == 1 || size == 2 || size == 4 || size == 8) && H5Tget_offset(stored) == 0 &&
         H5Tget_precision(stored) == size * bits;
}

/// IEEE 754 in 2, 4 or 8 bytes, or the long double of this machine.
bool is_usual_fraction(hid_t stored) {
  struct Layout {
    std::size_t bytes, exponent_bits, mantissa_bits, bias;
  };
  constexpr std::array<Layout, 3> layouts{{{2, 5, 10, 15}, {4, 8, 23, 127}, {8, 11, 52, 1023}}};
  std::size_t sign = 0, exponent = 0, exponent_bits = 0, mantissa = 0, mantissa_bits = 0;
  if (H5Tget_fields(stored, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) < 0) return false;
  for (const Layout& each : layouts)
    if (H5Tget_size(stored) == each.bytes && H5Tget_offset(stored) == 0 && mantissa == 0 &&
        mantissa_bits == each.mantissa_bits && exponent == each.mantissa_bits && exponent_bits == each.exponent_bits &&
        sign == exponent + exponent_bits && H5Tget_ebias(stored) == each.bias &&
        H5Tget_norm(stored) == H5T_NORM_IMPLIED)
      return true;
  return H5Tequal(stored, H5T_NATIVE_LDOUBLE) > 0;
}

bool is_usual_order(hid_t stored) {
  const H5T_order_t order = H5Tget_order(stored);
  return order == H5T_ORDER_LE || order == H5T_ORDER_BE;
}

}  // namespace

Handle Storage::type() const { return {is_attribute ? H5Aget_type(id) : H5Dget_type(id), H5Tclose}; }
Handle Storage::space() const { return {is_attribute ? H5Aget_space(id) : H5Dget_space(id), H5Sclose}; }

bool Storage::read_raw(hid_t memory_type, void* values) const {
  const herr_t status =
      is_attribute ? H5Aread(id, memory_type, values) : H5Dread(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  return status >= 0;
}

bool Storage::write_raw(hid_t memory_type, const void* values) const {
  const herr_t status = is_attribute ? H5Awrite(id, memory_type, values)
                                     : H5Dwrite(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  return status >= 0;
}

template <class T>
Handle element_type() {
  if constexpr (std::is_same_v<T, std::string>) {
    return variable_length_text();
  } else {
    return {H5Tcopy(native_type<T>()), H5Tclose};
  }
}

template <class T>
std::string why_unreadable(hid_t stored) {
  const H5T_class_t type = H5Tget_class(stored);
  const bool is_text = type == H5T_STRING;
  const bool is_fraction = type == H5T_FLOAT;
  const bool is_integer = type == H5T_INTEGER || type == H5T_ENUM;  // h5py writes booleans as an enumeration
  if (!is_text && !is_fraction && !is_integer) return "neither numbers nor text";
  const bool is_usual =
      is_text || (is_usual_order(stored) && (is_fraction ? is_usual_fraction(stored) : is_usual_integer(stored)));
  if (!is_usual)
    return "numbers of an unusual kind, expected integers of 1, 2, 4 or 8 bytes or IEEE 754 of 2, 4 or 8 bytes";
  if (is_text == std::is_same_v<T, std::string> && !(is_fraction && std::is_integral_v<T>)) return {};
  if (is_text) return "text, expected numbers";
  if (is_integer) return "integers, expected text";
  return std::is_integral_v<T> ? "floating-point numbers, expected integers" : "floating-point numbers, expected text";
}

double text_bytes(const Storage& dataset) {
  const Handle type = dataset.type(), space = dataset.space();
  hsize_t bytes = 0;
  if (H5Tis_variable_str(type.get()) > 0 && H5Dvlen_get_buf_size(dataset.id, type.get(), space.get(), &bytes) < 0)
    return std::numeric_limits<double>::quiet_NaN();
  return double(bytes);
}

template <class T>
bool read_values(const Storage& storage, std::vector<T>& values) {
  if constexpr (std::is_same_v<T, std::string>) {
    const Handle stored = storage.type();
    return H5Tis_variable_str(stored.get()) > 0 ? read_variable_text(storage, values)
                                                : read_fixed_text(storage, values, stored);
  } else {
    return storage.read_raw(native_type<T>(), values.data());
  }
}

template <class T>
bool write_values(const Storage& storage, const T* values, std::size_t count) {
  if constexpr (std::is_same_v<T, std::string>) {
    std::vector<const char*> texts(count);
    for (std::size_t i = 0; i < count; ++i) texts[i] = values[i].c_str();
    return storage.write_raw(variable_length_text().get(), texts.data());
  } else {
    return storage.write_raw(native_type<T>(), values);
  }
}

#define TRIPARTITE_INSTANTIATE(T)                             \
  template Handle element_type<T>();                          \
  template std::string why_unreadable<T>(hid_t);              \
  template bool read_values(const Storage&, std::vector<T>&); \
  template bool write_values(const Storage&, const T*, std::size_t);
TRIPARTITE_INSTANTIATE(float)
TRIPARTITE_INSTANTIATE(double)
TRIPARTITE_INSTANTIATE(std::int32_t)
TRIPARTITE_INSTANTIATE(std::uint32_t)
TRIPARTITE_INSTANTIATE(std::int64_t)
TRIPARTITE_INSTANTIATE(std::uint64_t)
TRIPARTITE_INSTANTIATE(std::uint8_t)
TRIPARTITE_INSTANTIATE(std::string)
#undef TRIPARTITE_INSTANTIATE

}  // namespace tripartite::io::detail
