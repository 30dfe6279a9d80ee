// Writes the files for read_sonata.py: write_sonata FILE (closed | killed | spikes)

#include <unistd.h>

#include <cmath>
#include <iostream>
#include <string>

#include "host/io/sonata_report.hpp"
#include "host/io/sonata_spikes.hpp"

namespace {

constexpr int frames = 1500;  // not a multiple of the chunk size; some frames are written after the flush

using tripartite::io::ReportPopulation;
using tripartite::io::SonataReport;

/// Same formula as in read_sonata.py: all values are distinct and exact in float32.
float value(std::size_t population, int frame, std::size_t element) {
  return static_cast<float>(4096 * frame + 8 * static_cast<int>(element) + static_cast<int>(population)) / 16.0F;
}

void write(SonataReport& report, int first, int last) {
  const std::size_t elements[] = {3, 6, 100};
  for (int frame = first; frame < last; ++frame)
    for (std::size_t population = 0; population < 3; ++population) {
      std::vector<double> values(elements[population]);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = value(population, frame, i);
      report.append_frame<double>(population, values);
    }
}

/// Spikes in s; read_sonata.py has them in ms.
void write_spikes(const std::string& path) {
  tripartite::io::SonataSpikes file(path, "synapses");
  file.append({{0.0125, 0.5}, {7, 0}});
  file.append({{0.5, 2.25}, {3, 7}});
  file.close();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("usage: write_sonata FILE (closed | killed | spikes)");
  if (std::string(argv[2]) == "spikes") {
    write_spikes(argv[1]);
    return 0;
  }
  std::vector<std::uint64_t> many(100);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = 10 * i;
  SonataReport report(argv[1],
                      {tripartite::io::point_population("astrocytes", "uM", {4, 2, 9}, 0.5, 0.001),
                       ReportPopulation{"synapses", "1", {0, 1, 5}, {0, 2, 3, 6}, {0, 1, 0, 0, 1, 2}, 0, 0.0125},
                       tripartite::io::point_population("neurons", "1/s", many, 0, 0.25)});
  write(report, 0, frames / 2);
  report.flush();
  write(report, frames / 2, frames);
  if (std::string(argv[2]) == "killed") {
    std::cout << report.current_path().string() << std::endl;
    ::_exit(9);  // without running destructors, as after a signal
  }
  report.close();
  std::cout << argv[1] << '\n';
  return 0;
} catch (const std::exception& e) {
  std::cerr << "write_sonata: " << e.what() << '\n';
  return 1;
}
