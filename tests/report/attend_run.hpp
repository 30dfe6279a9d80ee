#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

namespace tripartite {

/// A run directory of `tripartite attend` with synthetic but plausible numbers.
struct AttendRun {
  std::string model = "embedded:kjv-softmax";
  std::string features = "slots";
  bool causal = true;
  std::vector<std::string> tokens{"In",   " the",     " beginning", " God", " created", " the",  " heaven", " and",
                                  " the", " ear",     "th",         ".",    " And",     " the",  " ear",    "th",
                                  " was", " without", " form",      ",",    " and",     " void", ";",       "\n"};
  std::string text = "In the beginning God created the heaven and the earth. And the earth was without form, and void;";
  /// Recorded synapses, by their index i m + j in a head; m is the number of tokens, as for slots. Synapse (i, j)
  /// changes while token j is written.
  std::vector<std::size_t> recorded{0, 1, 2, 25, 50, 81};
  std::size_t recorded_head = 0;  // layer * heads + head
  int offered_heads = 0;          // beside the one of /map, layer 3 and heads from 0 on
  std::set<std::string> without;  // groups left out: "/map", "/studies/features", "/phases", "/report", ...

  nlohmann::json summary() const;
  /// Writes summary.json, attention.h5 and recordings.h5 into `directory`.
  void write(const std::filesystem::path& directory) const;
  void write_attention(const std::filesystem::path& path) const;
  void write_recordings(const std::filesystem::path& path) const;
};

}  // namespace tripartite
