#pragma once

#include <stdexcept>

namespace tripartite {

/// Base of everything that the library throws on purpose. The library never prints or exits.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The caller can mend it: names the source (file or option), key, value and what was expected.
struct ConfigError : Error {
  using Error::Error;
};

/// A file is missing, truncated, malformed, or cannot be written: names the path and what was expected.
struct FileError : Error {
  using Error::Error;
};

/// The GPU refused: which call, where, the driver's words.
struct DeviceError : Error {
  using Error::Error;
};

/// More memory is needed than is available; said before allocating where that can be known, with both figures.
struct MemoryError : Error {
  using Error::Error;
};

/// A state left its domain or is not finite: names the state, its index and the time.
struct NumericsError : Error {
  using Error::Error;
};

/// The user asked to stop; what was recorded is kept.
struct Cancelled : Error {
  using Error::Error;
};

}  // namespace tripartite
