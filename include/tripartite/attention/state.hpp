#pragma once

#include <array>
#include <string_view>

namespace tripartite::attention {

enum class Field { key, query, value, hidden, output, hebbian, store, calcium };

/// Over what a field extends inside one head.
enum class Extent { width, hidden, synapse };

struct FieldInfo {
  Field field;
  std::string_view name;
  std::string_view symbol;
  std::string_view unit;
  Extent extent;
  std::string_view meaning;
};

/// The states of one head, in the order of docs/models.md. Synapse (i, j) has index i * hidden + j.
inline constexpr std::array<FieldInfo, 8> fields{{
    {Field::key, "key", "k", "1", Extent::width, "filtered key projection"},
    {Field::query, "query", "q", "1", Extent::width, "filtered query projection"},
    {Field::value, "value", "v", "1", Extent::width, "filtered value projection"},
    {Field::hidden, "hidden", "h", "1", Extent::hidden, "firing rate of the hidden layer"},
    {Field::output, "output", "l", "1", Extent::width, "activity of the last layer"},
    {Field::hebbian, "hebbian", "H", "1", Extent::synapse, "Hebbian strength of the tripartite synapse"},
    {Field::store, "store", "g", "1", Extent::synapse, "calcium store of the astrocyte process"},
    {Field::calcium, "calcium", "p", "1", Extent::synapse, "modulatory calcium of the astrocyte process"},
}};

constexpr const FieldInfo& info(Field field) { return fields[std::size_t(field)]; }

}  // namespace tripartite::attention
