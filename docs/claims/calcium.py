"""Claims of docs/calcium.md, from the studies of scripts/run-studies."""
from checked_docs import Document, Run, at_most
from checked_docs.studies import at, study

calcium = Document("docs/calcium.md")

models, calcia = ("linear", "softmax"), ("gchi", "li_rinzel")
of_speed = {(model, name): study(f"calcium-{model}-{name}", 1800) for model in models for name in calcia}
of_production = {(model, name): study(f"production-{model}-{name}", 1800) for model in models for name in calcia}
of_typical_start = {(model, name): study(f"start-{model}-{name}", 500) for model in models for name in calcia}
# The same passages, with the linear equation of p.
linear_calcium = {model: Run(f"study {model} --texts data/texts/kjv-heldout.txt --most 3 --over decay --values 0 --seeds 1", 1)
                  for model in models}
# Settled calcium is the same whatever the text; of the 32 rates, 0.001 uM/s apart, each is a row of the curve.
attend = {name: Run(f"attend --text Amen --set astrocyte.model={name} --set astrocyte.production=0.032", 2) for name in calcia}

calcium.given("of the equation or of measurements in astrocytes", "a time constant of <50> ms", "a time constant of <7> to <20> s",
              "inactivation in about <5> s")
calcium.given("an input", "a token is read for <0.25> to <2> s", "Read time <0.5> s;", "(`start` = `typical`, speed <0.01>)",
              "P = <0.01> µM/s raises", "(speed <300>, median head error)", "from a speed of <30> on the two starts")

# The result and what was measured


@calcium.claim("Text: <three> passages of <64> tokens of the held-out text. Models: the built-in `linear` (linear attention with elu1; perplexity "
               "<32.28>) and `softmax` (exact softmax attention by slots; <24.42>)", *linear_calcium.values())
def inputs(linear, softmax):
    return [linear.results["inputs"], linear.results["tokens"] / linear.results["inputs"], linear.results["transformer"],
            softmax.results["transformer"]]


@calcium.claim("All <16> heads of all layers are replaced", attend["gchi"])
def heads(run):
    return len(run.results["heads"])


@calcium.claim("after <0.1> s to settle and <0.1> s to write", linear_calcium["linear"])
def schedule(run):
    return [run.config["schedule"]["settle_time"], run.config["schedule"]["write_time"]]


@calcium.claim("as good a normaliser as the idealised p, to <0.3> % per head with the defaults of `gchi`", of_speed["linear", "gchi"])
def best_normaliser(run):
    return 100 * at(run, "head_error", 300, 0.5)


@calcium.claim("the astrocyte needs about <25> s (`li_rinzel`) or <75> s (`gchi`) **of its own time** for every token that is read. At the half "
               "second per token of the model, calcium must be **<50> to <150> times faster**", of_speed["linear", "li_rinzel"],
               of_speed["linear", "gchi"])
def own_time(li_rinzel, gchi):
    times = [time_of_floor(li_rinzel), time_of_floor(gchi)]
    return [*times, *(time / 0.5 for time in times)]


# The table


def speed_row(name, speed, row, after=""):
    @calcium.claim(row, *(of_speed[model, name] for model in models), after=after)
    def of_row(*runs):
        shown = []
        for run in runs:
            shown += [at(run, "kl_mean", speed, 0.5), 100 * at(run, "agreement", speed, 0.5), at(run, "perplexity", speed, 0.5),
                      at(run, "head_error", speed, 0.5)]
        return shown
    calcium.claims[-1].name = f"calcium.{name}_{speed}"


@calcium.claim("| linear, τ_p <50> ms | | <3e-8> | <100> % | <32.28> | <4e-5> | | | <24.42> | |", *linear_calcium.values())
def without_calcium_model(linear, softmax):
    return [1000 * linear.config["astrocyte"]["tau_calcium"], at(linear, "kl_mean", 0), 100 * at(linear, "agreement", 0),
            at(linear, "perplexity", 0), at(linear, "head_error", 0), at(softmax, "perplexity", 0)]


speed_row("gchi", 1, "| `gchi` | <:1> | <0.52> | <57> % | <48.3> | <2.3> | <4.3> | <14> % | <1097> | <14> |")
speed_row("gchi", 10, "| | <:10> | <0.49> | <57> % | <45.0> | <0.41> | <5.9> | <4> % | <5613> | <15> |")
speed_row("gchi", 30, "| | <:30> | <0.0077> | <95> % | <32.64> | <0.063> | <0.32> | <82> % | <31.68> | <0.095> |")
speed_row("gchi", 100, "| | <:100> | <4.1e-5> | <100> % | <32.26> | <0.0035> | <4.8e-4> | <99.5> % | <24.56> | <0.015> |")
speed_row("gchi", 300, "| | <:300> | <1.4e-5> | <99.5> % | <32.27> | <0.0026> | <8.4e-6> | <100> % | <24.44> | <0.0021> |")
speed_row("li_rinzel", 1, "| `li_rinzel` | <:1> | <2.9> | <17> % | <546> | <4.5> | <2.3> | <27> % | <178> | <5.7> |")
speed_row("li_rinzel", 10, "| | <:10> | <0.21> | <72> % | <36.9> | <0.36> | <0.39> | <64> % | <35.1> | <0.38> |")
speed_row("li_rinzel", 30, "| | <:30> | <0.022> | <87.5> % | <32.72> | <0.11> | <0.021> | <91> % | <24.65> | <0.10> |")
speed_row("li_rinzel", 100, "| | <:100> | <0.010> | <92> % | <32.64> | <0.076> | <0.0072> | <95> % | <24.14> | <0.056> |")
speed_row("li_rinzel", 300, "| | <:300> | <0.010> | <92> % | <32.64> | <0.075> | <0.0072> | <95> % | <24.15> | <0.056> |")


@calcium.claim("| none (constant p) | | <1.54> | <36> % | <118> | <0.72> | <0.75> | <56> % | <47.7> | <0.54> |",
               *(of_typical_start[model, "gchi"] for model in models))
def constant_calcium(*runs):
    shown = []
    for run in runs:
        shown += [at(run, "kl_mean", 0.01), 100 * at(run, "agreement", 0.01), at(run, "perplexity", 0.01), at(run, "head_error", 0.01)]
    return shown


# Findings


@calcium.claim("a head can be off by <6> to <10> % while nine of ten predictions stay the same", of_speed["linear", "li_rinzel"],
               of_speed["softmax", "li_rinzel"])
def off_but_the_same(*runs):
    errors = [100 * at(run, "head_error", speed, 0.5) for run in runs for speed in (30, 100, 300)
              if at(run, "agreement", speed, 0.5) >= 0.9]
    return [min(errors), max(errors)]


def production_row(name, row):
    @calcium.claim(row, *(of_production[model, name] for model in models), after="| P [µM/s] |")
    def of_row(linear, softmax):
        return [at(run, "head_error", production, 300) for production in (0.001, 0.003, 0.01, 0.02, 0.05) for run in (linear, softmax)]
    calcium.claims[-1].name = f"calcium.production_{name}"


calcium.given("inputs", "| P [µM/s] | 0.001 | 0.003 | 0.01 | 0.02 | 0.05 |")
production_row("gchi", "| `gchi`, `linear` / `softmax` | <0.0003> / <0.0002> | <0.0008> / <0.0006> | <0.0026> / <0.0021> | <0.005> / <0.004> | "
                       "<0.013> / <0.010> |")
production_row("li_rinzel", "| `li_rinzel`, `linear` / `softmax` | <0.007> / <0.006> | <0.022> / <0.017> | <0.075> / <0.056> | <0.16> / <0.12> | "
                            "<0.49> / <0.38> |")


def rise(run, production):
    """Of settled calcium above rest [uM]."""
    curve = run.results["calcium"]
    return next(c for p, c in zip(curve["production"], curve["settled"]) if abs(p - production) < 1e-9) - curve["rest"]


@calcium.claim("`gchi` rests on its plateau (<0.44> µM), where calcium saturates gradually; P = 0.01 µM/s raises it by <3> nM", attend["gchi"])
def rest_of_gchi(run):
    assert run.results["calcium"]["oscillates_from"] is None
    return [run.results["calcium"]["rest"], 1000 * rise(run, 0.01)]


@calcium.claim("`li_rinzel` rests at <0.07> µM, where calcium-induced release makes calcium rise more and more steeply (here by <20> nM), and "
               "from P = <0.027> µM/s on calcium oscillates", attend["li_rinzel"])
def rest_of_li_rinzel(run):
    return [run.results["calcium"]["rest"], 1000 * rise(run, 0.01), run.results["calcium"]["oscillates_from"]]


reads, speeds = (0.25, 0.5, 1, 2), (1, 3, 10, 30, 100, 300, 1000)


def by_own_time(run):
    """Mean divergence at each of the astrocyte's own times per token [s]."""
    found = {}
    for speed in speeds:
        for read in reads:
            found.setdefault(speed * read, []).append(at(run, "kl_mean", speed, read))
    return dict(sorted(found.items()))


def time_within(run, factor):
    """The shortest own time per token [s] from which on the divergence stays within a factor of its floor."""
    curve = by_own_time(run)
    floor = curve[max(curve)][0]
    reached = max(curve)
    for time in sorted(curve, reverse=True):
        if max(curve[time]) > factor * floor:
            break
        reached = time
    return reached


def time_of_floor(run):
    return time_within(run, 1.5)


@calcium.claim("The error of `li_rinzel` reaches its floor at <25> s, is within a factor of <three> of the floor at <15> s, and its lag decays "
               "smoothly with IP3 (<:7> s)", *(of_speed[model, "li_rinzel"] for model in models))
def time_of_li_rinzel(*runs):
    return [max(time_of_floor(run) for run in runs), 3, max(time_within(run, 3) for run in runs)]


@calcium.claim("The error of `gchi` reaches its floor at <75> s, is within a factor of <three> of the floor (`linear`) at <50> s, and needs longer "
               "for `softmax`, whose normalisers (<:1> to the number of tokens)", *(of_speed[model, "gchi"] for model in models))
def time_of_gchi(linear, softmax):
    assert time_within(softmax, 3) > time_within(linear, 3), time_within(softmax, 3)
    return [time_of_floor(linear), 3, time_within(linear, 3)]


@calcium.claim("For `li_rinzel` it determines the error to within a factor of <two>, for `gchi` less closely (a factor of <ten> where the curves are "
               "steep)", *(of_speed[model, name] for name in calcia for model in models))
def own_time_determines(*runs):
    spread = [max(max(found) / min(found) for found in by_own_time(run).values()) for run in runs]
    return [at_most(max(spread[2:])), max(spread[:2])]


@calcium.claim("(speeds of <:1> to <:10>), calcium swings below rest, p falls to its minimum, and the output of the head becomes far too large: "
               "perplexities in the thousands for `softmax`, far worse than without any division", of_speed["softmax", "gchi"],
               of_typical_start["softmax", "gchi"])
def ringing(run, constant):
    found = [at(run, "perplexity", speed, 0.5) for speed in (1, 3, 10)]
    return min(found) > 1000 and max(found) < 10000 and min(found) > 10 * at(constant, "perplexity", 0.01) or found


@calcium.claim("`li_rinzel` below its oscillation threshold does not ring, and already at a speed of <:10> normalises better than a constant would",
               *(of_speed[model, "li_rinzel"] for model in models), *(of_typical_start[model, "li_rinzel"] for model in models))
def better_than_constant(linear, softmax, constant_linear, constant_softmax):
    found = [(at(run, "kl_mean", 10, 0.5), at(constant, "kl_mean", 0.01))
             for run, constant in ((linear, constant_linear), (softmax, constant_softmax))]
    return all(divergence < of_constant for divergence, of_constant in found) or found


@calcium.claim("helps slow `li_rinzel` (KL <0.79> instead of <2.9>, `linear`, speed <:1>)", of_typical_start["linear", "li_rinzel"],
               of_speed["linear", "li_rinzel"])
def typical_start(typical, rest):
    return [at(typical, "kl_mean", 1), at(rest, "kl_mean", 1, 0.5)]


@calcium.claim("from a speed of 30 on the two starts give the same result", of_typical_start["linear", "li_rinzel"],
               of_speed["linear", "li_rinzel"])
def starts_alike(typical, rest):
    found = [(at(typical, "kl_mean", speed), at(rest, "kl_mean", speed, 0.5)) for speed in (30, 100, 300)]
    return all(abs(a - b) < 0.1 * b for a, b in found) or found
