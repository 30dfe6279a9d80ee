#pragma once

#include "host/report/network/wave.hpp"
#include "host/report/page.hpp"

namespace tripartite::report::network {

/// Calcium of all somata on their sheet at four times on one scale, while it rises in one after the other.
Picture sheet_picture(const Recorded& calcium);

/// Calcium of all somata over time, a row per astrocyte. Several astrocytes or frames to a pixel are averaged.
Picture soma_picture(const Recorded& calcium);

}  // namespace tripartite::report::network
