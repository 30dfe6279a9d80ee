#pragma once

#include <span>

/// How alike two answers are. All sums in float64.
namespace tripartite::transformer {

/// Mean over tokens of KL(p || q) [nats], p and q the softmax of scores [tokens x vocabulary].
template <class Real>
double kl_mean(std::span<const Real> reference, std::span<const Real> other, int vocabulary);

/// Share of the tokens for which both find the same class likeliest; of equal scores the first counts.
template <class Real>
double top1_agreement(std::span<const Real> reference, std::span<const Real> other, int vocabulary);

/// exp of the mean of -ln p(tokens[i + 1]) under row i of the scores [tokens x vocabulary]; at least two tokens.
template <class Real>
double perplexity(std::span<const Real> logits, std::span<const int> tokens, int vocabulary);

template <class Real>
double cosine(std::span<const Real> a, std::span<const Real> b);

/// |got - wanted| / |wanted|, Frobenius norms.
template <class Real>
double relative_l2(std::span<const Real> got, std::span<const Real> wanted);

}  // namespace tripartite::transformer
