#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "host/report/activity.hpp"

namespace tripartite::report {

/// One field of a SONATA frame report.
struct Recorded {
  std::string field, unit;
  std::vector<double> time;                 // [s]
  std::vector<std::uint64_t> ids;           // of the elements
  std::vector<std::vector<double>> curves;  // [element][time]
};

/// All fields of recordings.h5 of a run, those in `order` first and in its order; empty if it does not exist. Throws
/// FileError.
std::vector<Recorded> read_recorded(const std::filesystem::path& directory, const std::vector<std::string_view>& order);

/// A row with some of a field's curves; without names where there is only one element. `noun`: "synapse".
TraceRow row_of(const Recorded& field, const std::vector<std::size_t>& columns, std::string_view noun);

/// Dots on the curves of `row`, which shows `columns` of `field`, where events of their elements occurred. `column`:
/// what an event is, for CSV.
void mark_events(const io::Spikes& events, const Recorded& field, const std::vector<std::size_t>& columns,
                 std::string_view column, TraceRow& row);

/// The field of this name; nullptr if there is none.
const Recorded* find_field(const std::vector<Recorded>& all, std::string_view field);

/// Elements to draw, with a sentence that says how they were chosen.
struct Chosen {
  std::vector<std::size_t> columns;  // in their order
  std::string why;
};

/// At most `most` elements of `field` that move, those whose curve covers at least half of what the widest covers: of
/// these the ones that differ most. `noun`: "astrocyte".
Chosen choose_active(const Recorded& field, std::size_t most, std::string_view noun);

/// At most `most` elements of `field` that differ: first the one that covers most, then in turn the one whose curve is
/// furthest from those chosen.
Chosen choose_different(const Recorded& field, std::size_t most, std::string_view noun);

}  // namespace tripartite::report
