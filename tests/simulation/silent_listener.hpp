#pragma once

#include "host/simulation/attend.hpp"

namespace tripartite::simulation {

class SilentListener final : public RunListener {
 public:
  void progress(std::string_view, double) override {}
  void message(std::string_view) override {}
  bool cancelled() const override { return false; }
};

}  // namespace tripartite::simulation
