#pragma once

#include <span>

/// Measures of agreement between the outputs of two models. All sums are in float64.
namespace tripartite::transformer {

/// Mean over tokens of KL(p || q) [nat], where p and q are the softmax of logits [tokens x vocabulary].
template <class Real>
double kl_mean(std::span<const Real> reference, std::span<const Real> other, int vocabulary);

/// Fraction of tokens for which both models find the same class most likely; ties are broken by the lower index.
template <class Real>
double top1_agreement(std::span<const Real> reference, std::span<const Real> other, int vocabulary);

/// exp of the mean of -ln p(tokens[i + 1]) under row i of the logits [tokens x vocabulary]; requires at least two
/// tokens.
template <class Real>
double perplexity(std::span<const Real> logits, std::span<const int> tokens, int vocabulary);

template <class Real>
double cosine(std::span<const Real> a, std::span<const Real> b);

/// |got - wanted| / |wanted|, Frobenius norms.
template <class Real>
double relative_l2(std::span<const Real> got, std::span<const Real> wanted);

}  // namespace tripartite::transformer
