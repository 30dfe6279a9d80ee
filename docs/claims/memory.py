"""Claims of docs/memory.md."""
import math
import re

from checked_docs import CannotCheck, Document, Run, at_most

memory = Document("docs/memory.md")

# What is computed

FLOAT32 = 4  # bytes


def state_bytes(neurons, copies=1):
    """Of the N² synapses and N² processes."""
    return copies * 2 * neurons**2 * FLOAT32


memory.given("a definition", "unpacked to ±<1> one tile at a time", "with K = <10>⁵ do not need",
             "every fixed-step method needs <2>N² values", "holds the state twice (<4>N²)", "of order <2>, whose first stage",
             "τ|ẏ| < `settled_rate` (<1> + |y|)", "tanh z = −E/(2 + E), E = e^{−2|z|} − 1 without cancellation")
memory.given("a count of the products that the text describes",
             "rk4 therefore takes <14> products per step where stored stages would need <8>")
memory.given("of a CUDA device", "on a CUDA device tiles add about <0.5> GB more")


@memory.claim("| N = <:1 000> | <8> MB | <16> MB | | N = <:16 384> | <2.1> GB | <4.3> GB | | N = <:65 536> | <34.4> GB | <68.7> GB |")
def state_table():
    return [state_bytes(1000) / 1e6, state_bytes(1000, 2) / 1e6,
            *(state_bytes(neurons, copies) / 1e9 for neurons in (16384, 65536) for copies in (1, 2))]


# The peak is reached in the first step.
largest = Run("recall --n 16384 --k 10 --cues 1 --steps 2 --backend cpu", 60)
most_patterns = Run("recall --n 1000 --k 100000 --cues 1 --steps 2 --backend cpu", 30)
too_large = Run("recall --n 65536 --k 100 --cues 1 --steps 1 --backend cpu", 3, may_fail=True)


@memory.claim("`recall --n 16384 --k 10 --cues 1` peaks at <2.33> GB", largest)
def peak_of_many_neurons(run):
    return run.measured["peak_bytes"] / 1e9


@memory.claim("`--n 1000 --k 100000` at <0.24> GB", most_patterns)
def peak_of_many_patterns(run):
    return run.measured["peak_bytes"] / 1e9


def needed_bytes(run):
    refusal = re.search(r"needs ([\d.]+) (bytes|GiB)", run.messages)
    if not refusal:
        raise CannotCheck("this machine has the memory, so that the program does not say how much is needed")
    return float(refusal[1]) * {"bytes": 1, "GiB": 2**30}[refusal[2]]


@memory.claim("The memory for <:65 536> neurons was calculated, not measured: <34.5> GB with <:100> patterns", too_large)
def calculated_memory(run):
    return needed_bytes(run) / 1e9


@memory.claim("Tiles, partial sums and patterns add less than <1> % to it on the CPU", too_large)
def other_memory(run):
    return at_most(100 * (needed_bytes(run) / state_bytes(65536) - 1))


tangent = Run("--gtest_filter=HyperbolicTangent.IsWithinThreeUlps --gtest_output=json:{directory}/tests.json", 1,
              program="tests/memory_test")


@memory.claim("The largest error found on a dense grid is <2.5> units in the last place, in float32 as in float64 and on every "
              "instruction set; the test allows <:3>", tangent)
def error_of_tanh(run):
    measured = run.json("tests.json")["testsuites"][0]["testsuite"][0]
    errors = [float(value) for key, value in measured.items() if key.startswith("ulps_")]
    assert len(errors) >= 2 and max(errors) - min(errors) < 0.1, errors
    return max(errors)


# The energy

memory.given("a definition", "if <2>P = A, P = B w_h", "and <2>R = C κ", "if w_h ≥ <0> and ρ > <0>",
             "The published condition w_p = w_s is ρ = <1>", "for w_p = w_s = <0> the two halves are independent, and ρ = <1> works",
             "With w_h = ρ = κ = <1>", "(w_h < 0, w_p and w_s of opposite signs",
             "t = e^{−2β|z|}: z f − L_f = (ln 2 − ln(1 + t))/β − 2|z| t/(1 + t), in [0, ln 2/β]")

# Which regime tests the memory

regimes = [Run(f"recall {options}", 4) for options in ("", "--kappa 0", "--regime warm", "--regime warm --kappa 0")]


@memory.claim("The same <10> patterns of <500> neurons, <a tenth> of the signs flipped, <ten> cues, forward Euler with dt = <0.05> "
              "until all cues settle", *regimes)
def regime_inputs(*runs):
    for run in runs:
        assert run.config["solver"]["method"] == "euler" and all(run.results["settled"]), run.config["solver"]
    config = runs[0].config
    return [config["patterns"]["k"], config["patterns"]["n"], config["cue"]["corruption"], len(runs[0].results["settled"]),
            config["solver"]["dt"]]


@memory.claim("wrong signs of every cue at the end, of <50> | interpretation | |---|---|---| | (cold, κ = <3>N) | <0> | s = p = <:0>: the "
              "flow itself recalls | | `--kappa 0` | <50> | without T no flip is corrected: in the cold regime T is the memory | | "
              "`--regime warm` | <0> | the published tutorial | | `--regime warm --kappa 0` | <0> |", *regimes)
def regime_table(cold, *others):
    at_end = []
    for run in (cold, *others):
        assert len(set(run.results["wrong_signs"])) == 1, run.results["wrong_signs"]
        at_end.append(run.results["wrong_signs"][0])
    return [cold.results["wrong_signs_of_cue"][0], cold.results["memory_weight"] / cold.results["neurons"], *at_end]


warm = Run("capacity --regime warm --n 50,100", 400)
warm_without_memory = Run("capacity --regime warm --kappa 0 --n 50,100", 400)


@memory.claim("with <three> draws the studies `--regime warm` and `--regime warm --kappa 0` end with K_max = <256> (<228>–<283>) at "
              "N = <:50> and <1085> (<967>–<1204>) at N = <:100>, **identical in every cue with T and without it**",
              warm, warm_without_memory)
def warm_capacity(with_memory, without):
    assert cells_of(with_memory, "astrocyte") == cells_of(without, "astrocyte"), "not identical in every cue"
    loads = loads_of(with_memory, "astrocyte")
    return [len({cell["seed"] for cell in with_memory.csv("capacity.csv")}),
            *(loads[n][key] for n in (50, 100) for key in ("k_max", "low", "high"))]


def cells_of(run, network):
    return {(cell["n"], cell["k"], cell["seed"]): (cell["recalled"], cell["wrong_fraction"])
            for cell in run.csv("capacity.csv") if cell["network"] == network}


def loads_of(run, network):
    return {load["n"]: load for load in run.results["loads"] if load["network"] == network}


# Capacity

sizes = (30, 50, 80, 120, 180)
capacity = Run("capacity --n 30,50,80,120,180 --seeds 1,2,3,4 --k 2,3,4,6,8,12,16,24,32,48,64,96,128,192,256,384,512,768,1024,1536,"
               "2048,3072,4096,6144,8192", 7200)
capacity_defaults = Run("capacity --n 12 --k 2 --seeds 1", 1)


@memory.claim("there are <four> draws of random patterns; the first <four> patterns of each draw are cued with <a tenth> of the signs flipped, "
              "cold, for at most <600> steps. A memory counts as recalled if at least <97.5> % of the signs are right at the end "
              "(overlap <0.95>)", capacity_defaults)
def capacity_inputs(run):
    study = run.config["study"]
    assert run.config["network"]["regime"] == "cold"
    return [len("1,2,3,4".split(",")), study["cues"], run.config["cue"]["corruption"], run.config["solver"]["steps"],
            100 * (1 + study["overlap"]) / 2, study["overlap"]]


def capacity_row(n, row):
    @memory.claim(row, capacity)
    def capacity_of(run):
        return [loads_of(run, network)[n][key] for network in ("astrocyte", "hopfield") for key in ("k_max", "low", "high")]
    memory.claims[-1].name = f"memory.capacity_{n}"


memory.given("the width of an interval", "K_max | <68> % interval, resampled draws | Hopfield", "K_max | <68> % interval, resampled draws | |--")
capacity_row(30, "| <:30> | <39> | <32>–<43> | <7> | <7>–<7> |")
capacity_row(50, "| <:50> | <222> | <183>–<269> | <9> | <9>–<10> |")
capacity_row(80, "| <:80> | <609> | <567>–<645> | <17> | <15>–<18> |")
capacity_row(120, "| <:120> | <1536> | <1342>–<1592> | <20> | <18>–<24> |")
capacity_row(180, "| <:180> | <3411> | <3381>–<3447> | <25> | <21>–<27> |")


@memory.claim("**K_max ∝ N^(<2.45> ± <0.16>)** for the neuron–astrocyte network, N^(<0.74> ± <0.07>) for the Hopfield network", capacity)
def capacity_laws(run):
    laws = {law["network"]: law for law in run.results["laws"]}
    return [laws[network][key] for network in ("astrocyte", "hopfield") for key in ("exponent", "uncertainty")]


@memory.claim("<19> N at N = <:180> where a Hopfield network stores <0.14> N", capacity)
def patterns_per_neuron(run):
    return [loads_of(run, network)[180]["k_max"] / 180 for network in ("astrocyte", "hopfield")]


@memory.claim("from <:30> to <:50> neurons the local exponent is <3.4>, from <:120> to <:180> it is <2.0>), so <2.45> describes these sizes",
              capacity)
def local_exponents(run):
    load = {n: entry["k_max"] for n, entry in loads_of(run, "astrocyte").items()}
    return [math.log(load[50] / load[30]) / math.log(50 / 30), math.log(load[180] / load[120]) / math.log(180 / 120),
            run.results["laws"][0]["exponent"]]


@memory.claim("N² processes hold <3411> × <:180> bits at N = <:180>, <19> bits per process", capacity)
def bits_per_process(run):
    load = loads_of(run, "astrocyte")[180]["k_max"]
    return [load, load * 180 / 180**2]


# Photographs

memory.given("about photographs of scikit-image, which the project does not carry; the text has the commands", "the lower <30> % occluded",
             "these photographs overlap by up to <0.56>", "At the default κ = <3>N", "κ = <4>N and more recall all patterns")
memory.given("a definition", "A pixel is +<1> if it is brighter")


@memory.claim("Photographs binarised to <:48> × <:48> pixels (<2304> neurons, <5.3> million synapses and as many processes)")
def photographs():
    return [48**2, 48**4 / 1e6]
