// Degree statistics of the generators, and files of edges.
#include "tripartite/network/connectivity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::network {
namespace {

std::vector<int> degrees(const std::vector<Index>& ends, std::size_t neurons) {
  std::vector<int> degree(neurons);
  for (const Index i : ends) ++degree[i];
  return degree;
}

double mean(const std::vector<int>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double variance(const std::vector<int>& values) {
  const double m = mean(values);
  double sum = 0;
  for (const int value : values) sum += (value - m) * (value - m);
  return sum / double(values.size());
}

void expect_no_autapse(const Edges& edges) {
  for (std::size_t e = 0; e < edges.size(); ++e) EXPECT_NE(edges.pre[e], edges.post[e]);
}

TEST(FixedIndegree, GivesEveryTargetItsNumberAndSourcesEqualChances) {
  constexpr std::size_t neurons = 1000, indegree = 40;
  const Edges edges = fixed_indegree(neurons, indegree, 3);
  for (const int degree : degrees(edges.post, neurons)) EXPECT_EQ(degree, int(indegree));
  expect_no_autapse(edges);
  // Out-degrees are binomial: mean 40, variance 40; the variance over 1000 has a relative error of sqrt(2 / 1000).
  EXPECT_NEAR(variance(degrees(edges.pre, neurons)), 40, 4 * 40 * std::sqrt(2.0 / neurons));
  EXPECT_THROW(fixed_indegree(1, 1, 0), ConfigError);
}

TEST(PairwiseBernoulli, HasBinomialDegreesBothWays) {
  constexpr std::size_t neurons = 1200;
  constexpr double p = 0.05;
  const Edges edges = pairwise_bernoulli(neurons, p, 8);
  expect_no_autapse(edges);
  const double expected = p * (neurons - 1);
  for (const auto& degree : {degrees(edges.pre, neurons), degrees(edges.post, neurons)}) {
    EXPECT_NEAR(mean(degree), expected, 4 * std::sqrt(expected / neurons));
    EXPECT_NEAR(variance(degree), expected * (1 - p), 4 * expected * std::sqrt(2.0 / neurons));
  }
  std::set<std::pair<Index, Index>> pairs;
  for (std::size_t e = 0; e < edges.size(); ++e) EXPECT_TRUE(pairs.insert({edges.pre[e], edges.post[e]}).second);
}

TEST(Generators, OfCertainPairsGiveThemAll) {
  EXPECT_EQ(all_to_all(7).size(), 42U);
  EXPECT_EQ(pairwise_bernoulli(7, 1, 0).size(), 42U);
  EXPECT_EQ(pairwise_bernoulli(7, 0, 0).size(), 0U);
  EXPECT_EQ(one_to_one(5).pre, one_to_one(5).post);
  EXPECT_EQ(ring_junctions(5).size(), 5U);
  EXPECT_EQ(lattice_junctions(9, 3).size(), 12U);
  EXPECT_EQ(fixed_indegree(50, 5, 1).pre, fixed_indegree(50, 5, 1).pre);
  EXPECT_NE(fixed_indegree(50, 5, 1).pre, fixed_indegree(50, 5, 2).pre);
}

TEST(DistanceDependent, FallsOffAsItSays) {
  constexpr std::size_t width = 60;
  const Edges edges = distance_dependent(width * width, width, 0.6, 2, 5);
  expect_no_autapse(edges);
  // Connections between cells that are `d` columns apart in one row, away from the border.
  for (const std::size_t d : {1, 2, 4}) {
    int found = 0, pairs = 0;
    std::set<std::pair<Index, Index>> all;
    for (std::size_t e = 0; e < edges.size(); ++e) all.insert({edges.pre[e], edges.post[e]});
    for (std::size_t row = 0; row < width; ++row)
      for (std::size_t column = 0; column + d < width; ++column, ++pairs)
        found += int(all.count({Index(row * width + column + d), Index(row * width + column)}));
    const double p = 0.6 * std::exp(-double(d * d) / 8);
    EXPECT_NEAR(double(found) / pairs, p, 4 * std::sqrt(p * (1 - p) / pairs)) << d;
  }
}

TEST(DistanceDependent, ReachesAsFarAsItSays) {
  // A sheet that is no square and whose last row is not full.
  constexpr std::size_t neurons = 1130, width = 40, draws = 4;
  constexpr double p = 0.8, radius = 2.5;
  std::vector<double> expected(5), variance(5), found(5);  // by distance: up to 1, 2, 3, 4 radii, and beyond
  const auto radii = [](std::size_t a, std::size_t b) {
    const double rows = double(a / width) - double(b / width), columns = double(a % width) - double(b % width);
    return std::hypot(rows, columns) / radius;
  };
  const auto bin = [](double distance) { return std::min<std::size_t>(4, std::size_t(distance)); };
  for (std::size_t a = 0; a < neurons; ++a)
    for (std::size_t b = 0; b < neurons; ++b) {
      if (a == b) continue;
      const double distance = radii(a, b), each = p * std::exp(-distance * distance / 2);
      expected[bin(distance)] += draws * each;
      variance[bin(distance)] += draws * each * (1 - each);
    }
  for (std::size_t seed = 0; seed < draws; ++seed) {
    const Edges edges = distance_dependent(neurons, width, p, radius, seed);
    for (std::size_t e = 0; e < edges.size(); ++e) ++found[bin(radii(edges.pre[e], edges.post[e]))];
  }
  for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(found[k], expected[k], 4 * std::sqrt(variance[k])) << k;
  EXPECT_GT(expected[4], 20);
}

TEST(Junctions, OfALatticeJoinNeighbours) {
  // 3 rows of 4, the last with 3.
  const auto junctions = lattice_junctions(11, 4);
  std::set<std::pair<Index, Index>> found(junctions.begin(), junctions.end()), expected;
  for (Index a = 0; a < 11; ++a)
    for (Index b = a + 1; b < 11; ++b)
      if ((b == a + 1 && a / 4 == b / 4) || b == a + 4) expected.insert({a, b});
  EXPECT_EQ(junctions.size(), expected.size());
  EXPECT_EQ(found, expected);
  const auto ring = ring_junctions(4);
  EXPECT_EQ(ring, (std::vector<std::pair<Index, Index>>{{0, 1}, {1, 2}, {2, 3}, {3, 0}}));
}

TEST(BernoulliWithPool, DrawsFromThePoolWithEqualChances) {
  constexpr std::size_t neurons = 400, astrocytes = 40, pool = 4;
  const Edges edges = fixed_indegree(neurons, 100, 2);
  const auto third = bernoulli_with_pool(edges, neurons, astrocytes, 1, pool, PoolType::block, 6);
  std::vector<std::map<Index, int>> of_target(neurons);
  for (std::size_t e = 0; e < edges.size(); ++e) ++of_target[edges.post[e]][third.astrocyte[e]];
  // Chi-square over the four members of 400 pools: mean 1200, variance 2400.
  double chi_square = 0;
  for (const auto& counts : of_target) {
    ASSERT_EQ(counts.size(), pool);
    for (const auto& [astrocyte, count] : counts) chi_square += (count - 25.0) * (count - 25.0) / 25;
  }
  EXPECT_NEAR(chi_square, 1200, 5 * std::sqrt(2400.0));
}

TEST(BernoulliWithPool, WrapsTheRightFractionFromPoolsOfTheRightSize) {
  constexpr std::size_t neurons = 200, astrocytes = 50, pool = 5;
  const Edges edges = fixed_indegree(neurons, 60, 2);
  for (const PoolType type : {PoolType::random, PoolType::block}) {
    const auto third = bernoulli_with_pool(edges, neurons, astrocytes, 0.4, pool, type, 6);
    const auto wrapped = std::count(third.has_astrocyte.begin(), third.has_astrocyte.end(), true);
    EXPECT_NEAR(double(wrapped) / double(edges.size()), 0.4, 4 * std::sqrt(0.24 / double(edges.size())));
    std::vector<std::set<Index>> of_target(neurons);
    for (std::size_t e = 0; e < edges.size(); ++e)
      if (third.has_astrocyte[e]) of_target[edges.post[e]].insert(third.astrocyte[e]);
    std::set<Index> used;
    for (const auto& each : of_target) {
      EXPECT_LE(each.size(), pool);
      used.insert(each.begin(), each.end());
    }
    EXPECT_EQ(used.size(), astrocytes);
  }
  EXPECT_THROW(bernoulli_with_pool(edges, neurons, 3, 1, 4, PoolType::random, 0), ConfigError);
}

TEST(Generators, TellProgressAndStopWhenAsked) {
  const Edges edges = fixed_indegree(20'000, 20, 1);
  const TemporaryDirectory directory;
  const std::vector<std::function<void(const Progress&)>> calls{
      [](const Progress& progress) { fixed_indegree(20'000, 20, 1, progress); },
      [](const Progress& progress) { pairwise_bernoulli(20'000, 0.001, 1, progress); },
      [](const Progress& progress) { all_to_all(600, progress); },
      [](const Progress& progress) { distance_dependent(2500, 50, 0.5, 2, 1, progress); },
      [&](const Progress& progress) {
        bernoulli_with_pool(edges, 20'000, 100, 0.5, 10, PoolType::random, 1, progress);
      },
      [&](const Progress& progress) {
        write_sonata_edges(directory.path() / "edges.h5", "a", {edges, {}, {}}, 20'000, progress);
      }};
  for (std::size_t i = 0; i < calls.size(); ++i) {
    std::vector<double> told;
    calls[i]([&](double fraction) {
      told.push_back(fraction);
      return true;
    });
    ASSERT_GT(told.size(), 1U) << i;
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end())) << i;
    EXPECT_GE(told.front(), 0);
    EXPECT_LE(told.back(), 1);
    EXPECT_THROW(calls[i]([](double) { return false; }), Cancelled) << i;
  }
}

TEST(SonataEdges, ReadBackAsTheyWere) {
  const TemporaryDirectory directory;
  SonataEdges edges{fixed_indegree(20, 3, 1), {}, {}};
  for (std::size_t e = 0; e < edges.edges.size(); ++e) {
    edges.efficacy.push_back(0.1 * double(e));
    edges.astrocyte.push_back(e % 2 == 0 ? -1 : std::int64_t(e % 5));
  }
  const auto path = directory.path() / "edges.h5";
  write_sonata_edges(path, "a_to_b", edges, 20);
  const SonataEdges read = read_sonata_edges(path);
  EXPECT_EQ(read.edges.pre, edges.edges.pre);
  EXPECT_EQ(read.edges.post, edges.edges.post);
  EXPECT_EQ(read.efficacy, edges.efficacy);
  EXPECT_EQ(read.astrocyte, edges.astrocyte);
  EXPECT_THROW(read_sonata_edges(path, "other"), FileError);
}

TEST(SonataEdgesOfOthers, AreRead) {
  const SonataEdges read = read_sonata_edges(TRIPARTITE_TEST_DATA "/sonata/edges1.h5", "edges-AB");
  EXPECT_EQ(read.edges.pre, (std::vector<Index>{1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(read.edges.post, (std::vector<Index>{1, 2, 1, 1, 0, 2}));
  EXPECT_TRUE(read.efficacy.empty());
  EXPECT_TRUE(read.astrocyte.empty());
  EXPECT_EQ(read_sonata_edges(TRIPARTITE_TEST_DATA "/sonata/edges-no-index.h5").edges.pre, read.edges.pre);
  EXPECT_THROW(read_sonata_edges(TRIPARTITE_TEST_DATA "/sonata/edges1.h5"), FileError);  // which population?
  EXPECT_THROW(read_sonata_edges(TRIPARTITE_TEST_DATA "/sonata/edges1.h5", "edges-AC"), FileError);  // has no nodes
}

TEST(SonataEdgesOfOthers, HaveTheirWeightsInTheOrderOfTheirGroup) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "edges.h5";
  const auto write = [&](std::uint64_t last_group) {
    io::Hdf5File file = io::Hdf5File::create(path);
    file.write<std::uint64_t>("/edges/all/source_node_id", {3}, std::vector<std::uint64_t>{0, 1, 2});
    file.write<std::uint64_t>("/edges/all/target_node_id", {3}, std::vector<std::uint64_t>{3, 4, 5});
    file.write<std::uint64_t>("/edges/all/edge_group_id", {3}, std::vector<std::uint64_t>{0, 0, last_group});
    file.write<std::uint64_t>("/edges/all/edge_group_index", {3}, std::vector<std::uint64_t>{2, 0, 1});
    file.write<double>("/edges/all/0/syn_weight", {3}, std::vector<double>{10, 11, 12});
    file.commit();
  };
  write(0);
  EXPECT_EQ(read_sonata_edges(path).efficacy, (std::vector<double>{12, 10, 11}));
  write(1);
  EXPECT_THROW(read_sonata_edges(path), FileError);
}

}  // namespace
}  // namespace tripartite::network
