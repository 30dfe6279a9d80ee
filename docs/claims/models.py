"""Claims of docs/models.md about runs of the program. Most numbers there are definitions."""
import math
import statistics

from checked_docs import Document, Run, at_least, at_most
from checked_docs.curves import between, peaks
from checked_docs.studies import at

models = Document("docs/models.md", every_number=False)

# A. Attention


@models.claim("two equal filters hold (1 + t/τ) e^{−t/τ} of it, <5e-4> when the write begins at the defaults")
def settling_error():
    return (1 + 10) * math.exp(-10)


@models.claim("from t = settle minus that from t = settle + W: <5.4e-5>")
def mean_residue_of_a_write():
    return 0.1 * ((2 + 10) * math.exp(-10) - (2 + 20) * math.exp(-20))


@models.claim("approaches e^{−read/τ_p} / (1 − τ/τ_p)²: <7.1e-5>")
def residue_of_a_read():
    return math.exp(-10) / (1 - 0.2) ** 2


schedules = [Run("attend --features favor_balanced --m 1024 --precision float64"
                 + "".join(f" --set schedule.{phase}_time={seconds * longer:g}" for phase, seconds in (("settle", 0.1), ("read", 0.5))), 30)
             for longer in (1, 2, 4)]


@models.claim("(float64, against linear attention, medians of layers 0 to 3): <4.5e-5>, <.73>, <.62>, <1.3e-3> at the default schedule; <3e-9>, <.51>, "
              "<.08>, <1e-7> with settle and read doubled; <1e-15>, <4e-6>, <2e-9>, <1e-13> with both <four> times as long", *schedules)
def residues_of_sharp_heads(*runs):
    medians = [[statistics.median(head["error_linear"] for head in run.results["heads"] if head["layer"] == layer) for layer in range(4)]
               for run in runs]
    return [*medians[0], *medians[1], *medians[2], 4]


settled = {name: Run(f"attend --text Amen --set astrocyte.model={name} --set astrocyte.production=0.032", 2) for name in ("li_rinzel", "gchi")}


@models.claim("without oscillating up to P = <0.026> µM/s in `li_rinzel` (IP3 <0.19> µM above I_0; beyond this, calcium oscillates)",
              settled["li_rinzel"])
def oscillation_of_li_rinzel(run):
    production, oscillating = run.results["calcium"]["production"], run.results["calcium"]["oscillates_from"]
    highest = max(rate for rate in production if rate < oscillating)
    return [highest, highest * run.config["li_rinzel"]["tau_I"]]


@models.claim("which rests on its plateau at C = <0.435> µM", settled["gchi"])
def rest_of_gchi(run):
    assert run.results["calcium"]["oscillates_from"] is None
    return run.results["calcium"]["rest"]


by_solver = {solver: Run("study linear --texts data/texts/kjv-heldout.txt --most 3 --set astrocyte.model=gchi --seeds 1 --over speed "
                         f"--values 100 --set solver.method={solver}", 120) for solver in ("exponential_euler", "exact")}


@models.claim("at s = <:100> and <1> ms it leaves a divergence of <0.016> nat in `gchi` where `exact` leaves <4e-5>", *by_solver.values())
def divergence_of_exponential_euler(stepped, exact):
    return [1000 * stepped.config["solver"]["dt"], at(stepped, "kl_mean", 100), at(exact, "kl_mean", 100)]


# B. Associative memory


def recall(patterns, seconds, options="", neurons=100):
    return Run(f"recall --n {neurons} --k {patterns} --cues 3 --steps 600 {options}", seconds)


loads = {patterns: recall(patterns, seconds) for patterns, seconds in ((5, 1), (50, 1), (200, 2), (1000, 2), (4000, 3))}
larger = recall(400, 2, neurons=200)


@models.claim("(<10> of <100> signs flipped) leaves wrong signs of each cue: K = <:5>, <:50>, <:200>: <0>, <0>, <0>; K = <:1000>: <1>, <2>, <1>; "
              "K = <:4000>: <10>, <10>, <10>; with N = <:200>, K = <:400>: <0>, <0>, <0>", *loads.values(), larger)
def wrong_signs(*runs):
    light, heavy, larger_one = runs[:3], runs[3:5], runs[5]
    flipped = {count for run in light for count in run.results["wrong_signs_of_cue"]}
    return [*flipped, runs[0].results["neurons"], *(max(run.results["wrong_signs"]) for run in light),
            *(count for run in heavy for count in run.results["wrong_signs"]), *larger_one.results["wrong_signs"]]


@models.claim("With T removed (`--kappa 0`) no flip is corrected", recall(50, 1, "--kappa 0"))
def recall_without_memory(run):
    return run.results["wrong_signs"] == run.results["wrong_signs_of_cue"] or run.results["wrong_signs"]


@models.claim("With w_p = w_s = <:1> or κ = N no flip is corrected", recall(5, 1, "--kappa 1N"),
              recall(5, 1, "--set synapse.process_weight=1 --set process.synapse_weight=1"))
def recall_with_weak_coupling(*runs):
    return all(run.results["wrong_signs"] == run.results["wrong_signs_of_cue"] for run in runs) or [run.results["wrong_signs"] for run in runs]


@models.claim("K = <:5>: none; K = <:50>: <38> in the mean", Run("capacity --n 100 --k 5,50 --seeds 1 --cues 3", 2))
def hopfield(run):
    wrong = {int(cell["k"]): 100 * float(cell["wrong_fraction"]) for cell in run.csv("capacity.csv") if cell["network"] == "hopfield"}
    assert wrong[5] == 0, wrong
    return wrong[50]


# C. Biophysical synapse

two_hertz = Run("synapse --rate 2 --duration 200", 2)


@models.claim("with <0.6>, <2> Hz gives sustained releases, <34> in <200> s", two_hertz)
def sustained_releases(run):
    assert run.events("synapses")[-1][0] > 190, run.events("synapses")[-1]
    return [run.config["astrocyte"]["O_delta"], *run.config["drive"]["rates"], run.results["releases"], run.config["population"]["duration"]]


plateaus = [Run(f"synapse --rate {rate} --duration 200 --set astrocyte.O_delta=1.2", 2) for rate in (0.5, 2, 10)]


@models.claim("(Published networks also use O_δ = <1.2>: then every constant rate leads to a calcium plateau above C_Θ and release stops after "
              "<2>–<3> events", *plateaus)
def plateau(*runs):
    for run in runs:
        times, (calcium,) = run.recording("C")
        assert min(between(times, calcium, 150, 200)) > run.config["astrocyte"]["C_Theta"], min(between(times, calcium, 150, 200))
    releases = [run.results["releases"] for run in runs]
    return [runs[0].config["astrocyte"]["O_delta"], min(releases), max(releases)]


# D. Networks

bursts = Run("network --config examples/gliotransmission_bursts.toml --set population.duration=150 --set recording.interval=0.005", 2)
cue = Run("network --config examples/gliotransmission_bursts.toml --set synapse.O_G=0 --set input.cue=20 --set input.cue_begin=60 "
          "--set input.cue_end=65", 1)


@models.claim("the first calcium release at <12.8> s turns a quiet network (<0.6> Hz) into one that bursts to <57>–<59> Hz for <117> s, every "
              "<0.5> s at first and every <2.0> s at last", bursts)
def bursting(run):
    release = run.events("tripartite")[0][0]
    times, (rate,) = run.recording("nu")
    found = peaks(times, rate, above=10)
    when, heights = [time for time, _ in found], [height for _, height in found]
    return [release, between(times, rate, 5, release)[-1], min(heights), max(heights), when[-1] - when[0], when[1] - when[0],
            when[-1] - when[-2]]


@models.claim("with O_G = 0 it stays at <0.6> Hz throughout, and a <:5> s cue of <:20> at t = <:60> s leaves no trace", cue)
def cue_without_gliotransmission(run):
    times, rate = run.mean("nu")
    before, after = between(times, rate, 5, 59)[-1], between(times, rate, 95, 100)[-1]
    assert abs(after - before) < 0.01 and max(between(times, rate, 60, 65)) > 1, (before, after)
    return before


# Integrators: two clocks

DRIVE = ("synapse --duration 60 --precision float64 --set drive.rates=5,20,0.5 --set drive.times=0,20,40 --set recording.interval=0.02 "
         "--set recording.fields=Gamma_A,I,C,u")
reference = Run(f"{DRIVE} --solver dormand_prince --set solver.relative_tolerance=1e-9 --set solver.absolute_tolerance=1e-12", 2)


def two_clocks_row(method, every, row):
    stepped = Run(f"{DRIVE} --solver {method} --set solver.calcium_every={every}", 1)

    @models.claim(row, stepped, reference, after="| method, k |")
    def two_clocks(run, exact):
        shown = []
        for field in ("Gamma_A", "I", "C", "u"):
            (found,), (wanted,) = run.recording(field)[1], exact.recording(field)[1]
            shown.append(max(abs(a - b) for a, b in zip(found, wanted)) / max(map(abs, wanted)))
        releases = [[time for time, _ in each.events("synapses")] for each in (run, exact)]
        assert len(releases[0]) == len(releases[1]) == 5, releases
        return [*shown, 1000 * max(abs(a - b) for a, b in zip(*releases))]
    models.claims[-1].name = f"models.two_clocks_{method}_{every}"


two_clocks_row("exponential_euler", 1, "| exponential Euler, <:1> | <3.2e-2> | <5.7e-3> | <1.0e-2> | <1.5e-2> | <60> ms |")
two_clocks_row("exponential_euler", 10, "| exponential Euler, <:10> | <2.3e-2> | <5.6e-3> | <1.8e-3> | <1.2e-2> | <45> ms |")
two_clocks_row("exponential_euler", 20, "| exponential Euler, <:20> | <3.5e-2> | <5.8e-3> | <1.9e-3> | <3.0e-2> | <65> ms |")
two_clocks_row("rk4", 1, "| RK4, <:1> | <9.4e-4> | <1.4e-4> | <3.0e-5> | <2.4e-3> | <1.6> ms |")
two_clocks_row("rk4", 10, "| RK4, <:10> | <8.7e-3> | <1.3e-3> | <2.6e-4> | <4.8e-3> | <15> ms |")
