"""Claims of docs/examples.md, whose sections describe the runs of examples/."""
import statistics

from checked_docs import Document, Run, at_most
from checked_docs.curves import between, first, peaks, rises_through

examples = Document("docs/examples.md")

open_loop = Run("synapse --config examples/open_loop.toml", 1)
closed_loop = Run("synapse --config examples/closed_loop.toml", 1)
frequency_response = Run("sweep --config examples/frequency_response.toml", 2)
early = Run("sweep --config examples/frequency_response.toml --transient 50 --duration 50", 1)
over_O_delta = Run("sweep --over O_delta=0.2:1.5:27", 1)
over_O_delta_fine = Run("sweep --over O_delta=0.2:1.5:27 --dt 1e-4 --precision float64", 7)
calcium_map = Run("sweep --config examples/sweep_calcium.toml", 8)
li_rinzel = Run("astrocyte --config examples/li_rinzel.toml", 1)
bursts = Run("network --config examples/gliotransmission_bursts.toml", 1)
bursts_in_detail = Run("network --config examples/gliotransmission_bursts.toml --set recording.interval=0.005", 1)
no_gliotransmission = Run("network --config examples/gliotransmission_bursts.toml --set synapse.O_G=0", 1)
bursts_over_input = Run("sweep --network --config examples/sweep_bursts.toml", 17)
switched_input = Run("network --config examples/switched_input.toml", 2)
ring = Run("network --config examples/calcium_wave_ring.toml", 1)
sheet = Run("network --config examples/astrocyte_sheet.toml", 40)
weak_sheet = Run("network --config examples/astrocyte_sheet.toml --set astrocyte.O_delta=0.6", 40)
million = Run("network --config examples/million_synapses.toml", 85)


def mean(values):
    return sum(values) / len(values)


def intervals(times):
    return [after - before for before, after in zip(times, times[1:])]


def one(run, field):
    """Times and values of the state of a single element."""
    times, (values,) = run.recording(field)
    return times, values


# One synapse, open loop


@examples.claim("Poisson spikes at <2> /s drive release; the astrocyte does not act back on the synapse (ρ_e = <0>), and its "
                "IP3 is exogenous: from <10> s on, a source of <0.8> uM", open_loop)
def open_loop_inputs(run):
    drive = run.config["drive"]
    return [*drive["rates"], run.config["astrocyte"]["rho_e"], drive["bias_times"][1], drive["biases"][1]]


@examples.claim("Calcium then rises every <17> s or so to <1> uM", open_loop)
def open_loop_calcium(run):
    found = peaks(*one(run, "C"), above=0.5)
    return [mean(intervals([time for time, _ in found])), mean([height for _, height in found])]


@examples.claim("each time it crosses C_Θ = <0.5> uM upwards, a release takes <60> % of the gliotransmitter (x_A)", open_loop)
def open_loop_releases(run):
    crossings = rises_through(*one(run, "C"), 0.5)
    releases = [time for time, _ in run.events("synapses")]
    # Releases fall on steps of 1 ms, crossings lie between frames of 20 ms.
    assert len(crossings) == len(releases) and all(abs(a - b) < 0.02 for a, b in zip(crossings, releases)), crossings
    times, pool = one(run, "x_A")
    taken = []
    for release in releases:
        after = first(times, range(len(times)), lambda i: times[i] >= release)
        index = times.index(after)
        recovered = run.config["astrocyte"]["Omega_A"] * (after - release) * (1 - pool[index])
        taken.append(1 - (pool[index] - recovered) / pool[index - 1])
    return [run.config["astrocyte"]["C_Theta"], 100 * mean(taken)]


# The same synapse, closed loop


@examples.claim("which here lowers glutamate release (α = <0>): after the first gliotransmitter release, at <2> s, u rises to "
                "<0.25> at most (<0.83> before)", closed_loop)
def closed_loop_release(run):
    release = run.events("synapses")[0][0]
    times, u = one(run, "u")
    return [run.config["synapse"]["alpha"], release, max(between(times, u, release, 100)), max(between(times, u, 0, release))]


@examples.claim("calcium settles into small oscillations about the threshold", closed_loop)
def closed_loop_calcium(run):
    settled = between(*one(run, "C"), 20, 100)
    return min(settled) > 0.3 and max(settled) < 0.6 and len(run.events("synapses")) > 10 or (min(settled), max(settled))


# Release against presynaptic rate


def rows(run):
    """Rows of sweep.csv, as numbers."""
    return [{key: float(value) for key, value in row.items()} for row in run.csv("sweep.csv")]


def without_and_with(run):
    """Rows by rate, without and with gliotransmission."""
    all_rows = rows(run)
    return tuple({row["rate"]: row for row in all_rows if (row["rho_e"] > 0) == is_with} for is_with in (False, True))


@examples.claim("falls steadily with the rate because resources deplete, from <0.589> at <:0.1> /s to <0.217> at <:6.8> /s", frequency_response)
def release_without(run):
    without, _ = without_and_with(run)
    probability = {rate: row["release_probability"] for rate, row in without.items()}
    falling = [probability[rate] for rate in sorted(probability)]
    assert falling == sorted(falling, reverse=True), falling
    return [falling[0], probability[min(probability, key=lambda rate: abs(rate - 6.8))]]


examples.given("an input", "Without gliotransmission (ρ_e = <0>)")
examples.given("a definition", "(<1>/Ω_G = 120 s)")


@examples.claim("Up to <0.32> /s calcium does not reach C_Θ again once the first releases are forgotten, and r is the same as without. From <0.35> to "
                "<1.13> /s gliotransmitter is released every <300> to <30> s: each release lowers r for as long as Γ_S stays up (1/Ω_G = <120> s). "
                "From <1.25> to <6.1> /s calcium oscillates about C_Θ with <0.16> to <0.24> /s, gliotransmitter is released in every cycle, and r is "
                "<0.027> to <0.036>. From <6.8> /s on calcium stays above C_Θ, release of gliotransmitter ends, and both curves meet",
                frequency_response)
def four_regimes(run):
    without, found = without_and_with(run)
    rates = sorted(found)
    releasing = [rate for rate in rates if found[rate]["release_rate_per_s"] > 0]
    cycling = [rate for rate in releasing if found[rate]["release_rate_per_s"] > 0.1]
    rare = [rate for rate in releasing if rate not in cycling]
    silent = [rate for rate in rates if rate < releasing[0]]
    beyond = [rate for rate in rates if rate > releasing[-1]]
    assert rates == silent + rare + cycling + beyond
    for rate in silent + beyond:
        assert abs(found[rate]["release_probability"] / without[rate]["release_probability"] - 1) < 1e-3, rate
    for rate in cycling:  # a release per cycle
        assert abs(found[rate]["release_rate_per_s"] / found[rate]["oscillation_frequency_per_s"] - 1) < 0.01, rate
    frequencies = [found[rate]["oscillation_frequency_per_s"] for rate in cycling]
    probabilities = [found[rate]["release_probability"] for rate in cycling]
    pauses = [1 / found[rate]["release_rate_per_s"] for rate in rare]
    return [silent[-1], rare[0], rare[-1], pauses[0], pauses[-1], 1 / run.config["synapse"]["Omega_G"], cycling[0], cycling[-1],
            min(frequencies), max(frequencies), min(probabilities), max(probabilities), beyond[0]]


@examples.claim("so the first <600> s, five times its time constant, are discarded", frequency_response)
def transient(run):
    return 5 / run.config["synapse"]["Omega_G"]


@examples.claim("the second half of the first <:100> s would show r = <0.32> at <:0.1> /s", early)
def release_too_early(run):
    return without_and_with(run)[1][0.1]["release_probability"]


@examples.claim("prints frequency, spread of the intervals, amplitude, releases and r of <27> synapses at <5> /s. The frequency rises with O_δ from "
                "<0.099> /s at <:0.2> uM/s to <0.224> /s at <:0.65> uM/s while the amplitude falls from <1.1> to <0.017> uM; from <0.7> uM/s on "
                "calcium is on a plateau", over_O_delta)
def frequency_over_O_delta(run):
    points = {round(row["O_delta"], 6): row for row in rows(run)}
    cycling = [value for value, row in points.items() if row["fraction_oscillating"] == 1]
    assert min(cycling) == 0.2 and max(cycling) == 0.65, cycling
    return [len(points), *run.config["drive"]["rates"], points[0.2]["oscillation_frequency_per_s"],
            points[0.65]["oscillation_frequency_per_s"], points[0.2]["calcium_amplitude_uM"], points[0.65]["calcium_amplitude_uM"],
            min(value for value in points if value not in cycling)]


@examples.claim("Steps of <:0.1> ms in float64 (`--dt 1e-4 --precision float64`) change no frequency by more than <0.03> %", over_O_delta,
                over_O_delta_fine)
def frequency_by_fine_steps(run, fine):
    changes = [abs(a["oscillation_frequency_per_s"] / b["oscillation_frequency_per_s"] - 1) for a, b in zip(rows(run), rows(fine))
               if b["oscillation_frequency_per_s"] > 0]
    return at_most(100 * max(changes))


# Where calcium oscillates


@examples.claim("<10 000> synapses without presynaptic activity, <100> strengths of PLCδ (O_δ) by <100> affinities of the SERCA pump (K_P)",
                calcium_map)
def map_inputs(run):
    points = rows(run)
    assert run.config["drive"]["rates"] == [0], run.config["drive"]["rates"]
    return [len(points), len({row["O_delta"] for row in points}), len({row["K_P"] for row in points})]

@examples.claim("The line encloses the <1257> points where calcium oscillates, with <0.0046> to <0.16> /s; grey is zero", calcium_map)
def band(run):
    frequencies = [row["oscillation_frequency_per_s"] for row in rows(run) if row["fraction_oscillating"] > 0]
    return [len(frequencies), min(frequencies), max(frequencies)]


@examples.claim("Gliotransmitter is released where calcium oscillates about C_Θ, and r is low there: <0.02> to <0.36> instead of <0.6>", calcium_map)
def release_in_band(run):
    releasing = [row["release_probability"] for row in rows(run)
                 if row["release_rate_per_s"] > 0 and row["oscillation_frequency_per_s"] > 0]
    others = [row["release_probability"] for row in rows(run) if row["release_rate_per_s"] == 0]
    return [min(releasing), max(releasing), statistics.median(others)]


@examples.claim("At <35> points, most of them on the edge of the band where oscillations die out slowly, a mean still drifts", calcium_map)
def drifting_points(run):
    return sum(row["drift"] > 0.02 for row in rows(run))


# Li–Rinzel astrocyte


@examples.claim("with Poisson inputs of weight <12> at <20> /s", li_rinzel)
def li_rinzel_inputs(run):
    return [run.config["inputs"]["weight"], run.config["inputs"]["rate"]]


@examples.claim("IP3 settles near <0.5> uM, calcium oscillates with a period of <11> s", li_rinzel)
def li_rinzel_oscillation(run):
    return [mean(between(*one(run, "I"), 20, 100)), mean(intervals(rises_through(*one(run, "C"), 0.2)))]


@examples.claim("each peak gives a slow inward current of about <6> s", li_rinzel)
def li_rinzel_current(run):
    times, current = one(run, "I_SIC")
    begins = rises_through(times, current, 0)
    ends = rises_through(times, [-value for value in current], -1e-12)
    return mean([end - begin for begin, end in zip(begins, ends)])


# Bursts by gliotransmission


@examples.claim("A quiet excitatory network (<0.6> /s). The first release of gliotransmitter, at <12.8> s", bursts)
def first_release(run):
    release = run.events("tripartite")[0][0]
    return [mean(between(*run.mean("nu"), 5, release)), release]


@examples.claim("from then on the network bursts to <58> /s, <142> times until the end of the run at <100> s, with a median interval of <0.58> s", bursts_in_detail)
def bursting(run):
    times, (rate,) = run.recording("nu")
    found = peaks(times, rate, above=10)
    when = [time for time, _ in found]
    return [statistics.median(height for _, height in found), len(found), run.config["population"]["duration"],
            statistics.median(intervals(when))]


@examples.claim("long after calcium has come to rest below C_Θ", bursts)
def calcium_at_rest(run):
    rest = between(*run.mean("C"), 50, 100)
    return max(rest) < 0.5 and max(rest) - min(rest) < 0.01 or (min(rest), max(rest))


@examples.claim("raises the release probability of all its synapses (α = <1>)", bursts)
def potentiation(run):
    return run.config["synapse"]["alpha"]


@examples.claim("With `--set synapse.O_G=0` the network stays at <0.6> /s throughout", no_gliotransmission)
def no_bursts(run):
    rates = between(*run.mean("nu"), 5, 100)
    assert max(rates) - min(rates) < 0.01, (min(rates), max(rates))
    return mean(rates)


# Bursts against the input, without and with gliotransmission


def networks(run):
    """Rows of sweep.csv by external input, without and with gliotransmission; None: the network has no such thing."""
    rows_as_numbers = [{key: float(value) if value else None for key, value in row.items()} for row in run.csv("sweep.csv")]
    return tuple({row["input.external"]: row for row in rows_as_numbers if (row["synapse.O_G"] > 0) == is_with}
                 for is_with in (False, True))


examples.given("an input", "Without gliotransmission (O_G = <0>) it rests")


@examples.claim("The same network with more glutamate at the astrocyte (ρ_c = <1e-3>), <600> s after its start, at <11> external inputs",
                bursts_over_input)
def bursts_over_input_inputs(run):
    return [run.config["synapse"]["rho_c"], run.results["discarded_s"], len(networks(run)[0])]


@examples.claim("it rests at <0.15> to <3.9> /s up to an input of <5> /s, bursts at <5.5> /s and fires steadily at <6> /s", bursts_over_input)
def bursts_without_gliotransmission(run):
    found, _ = networks(run)
    bursting = [external for external in found if found[external]["bursts_per_s"] > 0]
    resting = [external for external in found if external < bursting[0]]
    steady = [external for external in found if external > bursting[0]]
    assert len(bursting) == 1 and len(steady) == 1, bursting
    assert all(found[external]["rate_deviation_per_s"] < 1e-3 * found[external]["rate_per_s"] for external in resting + steady)
    rates = [found[external]["rate_per_s"] for external in resting]
    return [min(rates), max(rates), resting[-1], bursting[0], steady[0]]


@examples.claim("With gliotransmission it bursts from <2.5> to <4.5> /s, at intervals that fall from <0.62> to <0.23> s: bursts keep calcium at "
                "<0.50> to <0.51> uM, just above C_Θ, where gliotransmitter is released from time to time, which keeps r high, at <2.5> /s at "
                "<0.32> instead of <0.055>. Below, up to <2> /s, calcium stays under C_Θ, the first releases are forgotten and the network rests "
                "as it does without; above, from <5> /s on, resources are depleted and it fires steadily", bursts_over_input)
def bursts_with_gliotransmission(run):
    without, found = networks(run)
    bursting = [external for external in found if found[external]["bursts_per_s"] > 0]
    below = [external for external in found if external < bursting[0]]
    above = [external for external in found if external > bursting[-1]]
    assert list(found) == below + bursting + above
    intervals_between = [found[external]["median_burst_interval_s"] for external in bursting]
    assert intervals_between == sorted(intervals_between, reverse=True), intervals_between
    calcium = [found[external]["calcium_uM"] for external in bursting]
    threshold = run.config["astrocyte"]["C_Theta"]
    assert min(calcium) > threshold and all(found[external]["release_rate_per_s"] > 0 for external in bursting)
    for external in below:
        assert found[external]["calcium_uM"] < threshold and found[external]["release_rate_per_s"] == 0
        assert abs(found[external]["rate_per_s"] / without[external]["rate_per_s"] - 1) < 3e-3, external
    assert all(found[external]["release_probability"] < 0.06 and found[external]["rate_per_s"] > 30 for external in above)
    least = bursting[0]
    return [least, bursting[-1], intervals_between[0], intervals_between[-1], min(calcium), max(calcium), least,
            found[least]["release_probability"], without[least]["release_probability"], below[-1], above[0]]


@examples.claim("At <5> of the <22> points a mean still drifts by more than <2> %", bursts_over_input)
def bursts_over_input_drift(run):
    return [run.results["drifting_points"], run.results["points"], 100 * run.results["largest_stationary_drift"]]


# Inputs to groups of neurons


@examples.claim("A current of <12> /s switches on at <10> s and off at <30> s on the first <20> of <80> excitatory neurons", switched_input)
def current_of_switched_input(run):
    group, population = run.config["excitatory_input"], run.config["population"]
    return [group["values"][1], group["times"][1], group["times"][2], int(group["neurons"].split()[1]),
            population["excitatory"] * population["neurons"]]


def rate_of(run, neuron, begin, end):
    """Mean rate of a recorded neuron: the first, second or third of them."""
    times, neurons = run.recording("nu")
    return mean(between(times, neurons[neuron], begin, end))


@examples.claim("which fire at <50> /s meanwhile (neuron 0)", switched_input)
def rate_of_switched_input(run):
    return round(rate_of(run, 0, 15, 30), -1)


@examples.claim("From <50> to <70> s Poisson spikes reach the <20> inhibitory neurons (`[inhibitory_input]`; neuron 90): each listens to a train of its own, of "
                "<100> /s, which a synapse of τ_s = <0.1> s turns into a fluctuating input of mean <12> /s", switched_input)
def spikes_of_switched_input(run):
    group, population = run.config["inhibitory_input"], run.config["population"]
    return [group["rate_times"][1], group["rate_times"][2], (1 - population["excitatory"]) * population["neurons"], group["rates"][1],
            group["tau_s"], group["weight"] * group["rates"][1]]


@examples.claim("All other neurons stay at <0.1> /s (neuron 50)", switched_input)
def rate_of_other_neurons(run):
    return rate_of(run, 1, 10, 80)


examples.given("indices", "meanwhile (neuron <0>)", "neuron <90>)", "(neuron <50>)",
               "synapse <3> behind neuron <9>, synapse <0> behind neuron <98>, synapse <1> behind neuron <27>")


@examples.claim("the <182> behind the first group at <15> and <26> s, the <227> behind the second at <54> and <65> s, <818> releases in all", switched_input)
def releases_of_switched_input(run):
    times_of = {}
    for time, synapse in run.events("tripartite"):
        times_of.setdefault(synapse, []).append(time)
    assert all(len(times) == 2 for times in times_of.values()), "each of them releases twice"
    groups = [[times for times in times_of.values() if (times[0] < 40) == is_early] for is_early in (True, False)]
    found = []
    for group in groups:
        found += [len(group), mean([times[0] for times in group]), mean([times[1] for times in group])]
    return [*found, sum(map(len, times_of.values()))]


@examples.claim("<50> s after the current has ended, a spike of synapse <:3> would still release only <23> % of its resources, where synapse <:1> would "
                "release <59> %", switched_input)
def memory_of_switched_input(run):
    times, synapses = run.recording("r")
    return [times[-1] - run.config["excitatory_input"]["times"][2], 100 * synapses[2][-1], 100 * synapses[1][-1]]


# A calcium wave in a ring of astrocytes


@examples.claim("<50> astrocytes with gap junctions between neighbours (after Stimberg et al. <:2019>, example <:5>). "
                "Cell <25> receives exogenous IP3 for <20> of every <50> s", ring)
def ring_inputs(run):
    given = run.config["astrocytes"]
    return [given["count"], *given["stimulated"], given["stimulus_on"], given["stimulus_period"]]


def arrivals(run):
    """When calcium of each soma first exceeds 0.5 uM [s]; None: it never does."""
    times, cells = run.recording("C_s")
    return [next((time for time, value in zip(times, cell) if value > 0.5), None) for cell in cells]


@examples.claim("The front takes <15.5> s per cell, the time until enough IP3 has crossed a junction, and reaches <12> cells in <200> s "
                "on either side", ring)
def ring_front(run):
    times = arrivals(run)
    right = [time for time in times[26:] if time is not None]
    left = [time for time in reversed(times[:25]) if time is not None]
    assert left == right, (left, right)
    return [mean(intervals(right)), len(right), run.config["population"]["duration"]]


@examples.claim("Behind the front calcium stays high, oscillating about <0.4> uM, for tens of seconds", ring)
def ring_behind_front(run):
    times, cells = run.recording("C_s")
    high = []
    for cell, begin in zip(cells, arrivals(run)):
        if begin is not None and begin < 150:
            end = next((time for time, value in zip(times, cell) if time > begin and value < 0.1), times[-1])
            assert end - begin > 15, f"falls {end - begin:g} s after the front"
            high += between(times, cell, begin + 5, end - 5)
    return mean(high)


# A sheet of 100 × 100 astrocytes


@examples.claim("A sheet of <100> × <100> astrocytes", sheet, after="reaches")
def sheet_size(run):
    side = run.config["astrocytes"]["count"] ** 0.5
    return [side, side]


@examples.claim("A source of IP3 under <25> cells in the middle for <40> s. With O_δ = <0.8> uM/s", sheet)
def sheet_inputs(run):
    given = run.config["astrocytes"]
    return [len(given["stimulated"]), given["stimulus_on"], run.config["astrocyte"]["O_delta"]]


@examples.claim("rings of calcium spread from the middle, one cell in <7.7> s, and leave the cells behind them, after one ring or "
                "several, on a plateau", sheet)
def sheet_front(run):
    times, cells = run.recording("C_s")
    row = cells[5050:5100]
    rings = [rises_through(times, cell, 0.5) for cell in row]
    for cell, passing in list(zip(row, rings))[5:20]:
        plateau = between(times, cell, 220, 240)
        assert passing and min(plateau) > 0.4 and max(plateau) < 0.5, (min(plateau), max(plateau))
    assert max(len(rises_through(times, cell, 0.7)) for cell in row) > 1
    return mean(intervals([passing[0] for passing in rings[3:] if passing]))


@examples.claim("At O_δ = <0.6> uM/s the waves die out within a few cells", weak_sheet)
def weak_sheet_front(run):
    cells = run.recording("C_s")[1]
    reached = max(distance for distance in range(50) if max(cells[5050 + distance]) > 0.5)
    assert 2 < reached <= 10, f"{reached} cells from the middle"
    return run.config["astrocyte"]["O_delta"]


# A million synapses under one astrocyte


@examples.claim("<1000> rate neurons, <1000> inputs each; all million synapses", million)
def million_inputs(run):
    assert run.results["tripartite_synapses"] == 1000000
    return [run.results["neurons"], run.config["connectivity"]["indegree"]]


@examples.claim("At <2.5> s calcium of all processes crosses its threshold, which gives a million releases within ten milliseconds; they lower "
                "the rate of the neurons by <13> % at first and still by <4> % at the end (α = <0>)", million)
def million_releases(run):
    releases = run.events("tripartite")
    assert len(releases) == 1000000 and releases[-1][0] - releases[0][0] <= 0.010, (len(releases), releases[0], releases[-1])
    release = releases[0][0]
    times, rate = run.mean("nu")
    before = between(times, rate, release - 0.1, release)[-1]
    lowest = min(between(times, rate, release, release + 1))
    return [release, 100 * (1 - lowest / before), 100 * (1 - rate[-1] / before), run.config["synapse"]["alpha"]]


@examples.claim("The soma follows <3> s later", million)
def million_soma(run):
    times, calcium = run.mean("C_s")
    return first(times, calcium, lambda c: c > 0.5) - run.events("tripartite")[0][0]
