"""Claims of docs/studies.md, from the studies of scripts/run-studies."""
from checked_docs import Document, Run, at_least, at_most
from checked_docs.studies import at, deviation, mean, study, values

studies = Document("docs/studies.md")

m_text = study("m-text", 1500)
m_digits = study("m-digits", 8)
heterogeneity_text = study("heterogeneity-text-softmax", 40)
heterogeneity_digits = {model: study(f"heterogeneity-digits-{model}", 300) for model in ("softmax", "linear")}
decay_text = {model: study(f"decay-text-{model}", 1) for model in ("softmax", "linear")}
decay_digits = {model: study(f"decay-digits-{model}", 2) for model in ("softmax", "linear")}
defaults = Run("attend --text Amen", 2)

maps = ("relu", "favor", "favor_sharp", "favor_balanced")


def percent(run, measure, value):
    return 100 * at(run, measure, value)


# How large m must be for each feature map


@studies.claim("Language model (`softmax`, <3> passages of <40> tokens, d = <:32>; the transformer itself <27.4>). **No random feature map "
               "reaches the transformer by m = <:1024>**: perplexity stays between <50> and <80> from <:64> hidden neurons to <:1024>", m_text)
def perplexity_of_maps(run):
    found = [mean(values(run, "perplexity", m, features=features)) for features in maps for m in (64, 256, 1024)]
    return [run.results["inputs"], run.results["tokens"] / run.results["inputs"], run.results["transformer"], at_least(min(found)),
            at_most(max(found))]


@studies.claim("The gain from sixteen times as many neurons is no larger than the spread between seeds", m_text)
def gain_of_neurons(run):
    for features in maps:
        few, many = (values(run, "perplexity", m, features=features) for m in (64, 1024))
        if mean(few) - mean(many) > max(max(few) - min(few), max(many) - min(many)):
            return f"{features}: {mean(few):.4g} with 64, {mean(many):.4g} with 1024; seeds differ by {max(few) - min(few):.2g}"
    return True


studies.given("an input", "so far apart that <1024> samples do not reduce")


@studies.claim("Digits (`softmax`, <20> images, d = <:16>). **Here <:64> to <:256> hidden neurons are enough**: `favor_balanced` classifies "
               "<95> % correctly with <:64> and <98> % with <:256> hidden neurons per head, `favor_sharp` classifies all correctly with "
               "<:256>, `favor` reaches <92> % with <:256>. `relu` stays between <72> and <82> % whatever m", m_digits)
def accuracy_of_maps(run):
    accuracy = lambda features, m: 100 * mean(values(run, "accuracy", m, features=features))
    assert accuracy("favor_sharp", 256) == 100, accuracy("favor_sharp", 256)
    relu = [accuracy("relu", m) for m in (16, 64, 256)]
    return [run.results["inputs"], accuracy("favor_balanced", 64), accuracy("favor_balanced", 256), accuracy("favor", 256), min(relu),
            max(relu)]


@studies.claim("Seeds differ by up to <30> points at m = <:16>. (With <20> images, one image is <5> points.)", m_digits)
def spread_of_seeds(run):
    found = [values(run, "accuracy", 16, features=features) for features in maps]
    return [100 * max(max(seeds) - min(seeds) for seeds in found), run.results["inputs"], 100 / run.results["inputs"]]


studies.given("from the accuracy with 256 neurons per head of 16 channels", "with about <16> neurons per channel of a head")
studies.given("the model", "broad attention (<17> patches of an image, one answer at the end)")

# How much synaptic heterogeneity attention tolerates


def heterogeneity_row(cv, row, has_digits=True):
    digits = [heterogeneity_digits[model] for model in ("softmax", "linear")] if has_digits else []

    @studies.claim(row, heterogeneity_text, *digits)
    def heterogeneity(text, *images):
        found = values(text, "perplexity", cv)
        shown = [mean(found)] + ([deviation(found)] if cv else []) + [percent(text, "agreement", cv)]
        for run in images:
            accuracy = [100 * value for value in values(run, "accuracy", cv)]
            shown += [mean(accuracy)] + ([deviation(accuracy)] if cv == 0.3 else [])
        return shown
    studies.claims[-1].name = f"studies.heterogeneity_{cv:g}"


heterogeneity_row(0, "| <:0> | <24.42> | <100> % | <100> % | <100> % |")
heterogeneity_row(0.03, "| <:0.03> | <24.45> ± <0.03> | <99.1> % | <100> % | <100> % |")
heterogeneity_row(0.1, "| <:0.1> | <24.58> ± <0.08> | <96.5> % | <100> % | <100> % |")
heterogeneity_row(0.3, "| <:0.3> | <25.36> ± <0.14> | <89.1> % | <99.4> ± <1.0> % | <98.9> ± <1.0> % |")
heterogeneity_row(1, "| <:1> | <36.36> ± <0.65> | <63.7> % | | |", has_digits=False)


@studies.claim("perplexity, `softmax` by slots (transformer <24.42>)", heterogeneity_text)
def perplexity_of_transformer(run):
    return run.results["transformer"]


@studies.claim("(<60> digits, all classified correctly by both transformers; <3> passages of <64> tokens.)", *heterogeneity_digits.values(),
               heterogeneity_text)
def heterogeneity_inputs(softmax, linear, text):
    assert softmax.results["transformer"] == linear.results["transformer"] == 1
    return [softmax.results["inputs"], text.results["inputs"], text.results["tokens"] / text.results["inputs"]]


@studies.claim("**heterogeneity of <:10> % costs almost nothing, <:30> % costs <4> % of perplexity and about <one> digit in a hundred; at "
               "<:100> % perplexity is <half> as high again.**", heterogeneity_text, *heterogeneity_digits.values())
def costs_of_heterogeneity(text, *images):
    cost = {cv: at(text, "perplexity", cv) / text.results["transformer"] - 1 for cv in (0.1, 0.3, 1)}
    assert cost[0.1] < 0.01, cost
    return [100 * cost[0.3], 100 - mean([percent(run, "accuracy", 0.3) for run in images]), cost[1]]


studies.given("a citation", "vary more widely than 30 % (log-normally; Song et al. 2005)")
studies.given("measured by `attend`, see the claims of docs/models.md", "A head's output moves by 11 to 26 % at a coefficient of 0.3")

# How much decay attention tolerates


@studies.claim("A token takes <0.7> s, so <:64> causal tokens take <45> s; an image of <:17> tokens is read bidirectionally, <12> s in total",
               defaults)
def durations(run):
    schedule = run.config["schedule"]
    token = sum(schedule[f"{phase}_time"] for phase in ("settle", "write", "read"))
    return [token, 64 * token, 17 * token]


@studies.claim("| λ [1/s] | perplexity, `softmax` (<24.42>) | perplexity, `linear` (<32.28>) | digits", *decay_text.values())
def perplexity_of_transformers(*runs):
    return [run.results["transformer"] for run in runs]


def decay_row(decay, row, texts=True, digits=True):
    text_runs, digit_runs = decay_text.values() if texts else [], decay_digits.values() if digits else []

    @studies.claim(row, *text_runs, *digit_runs, after="| λ [1/s] |")
    def decays(*runs):
        return ([at(run, "perplexity", decay) for run in runs[:len(text_runs)]]
                + [percent(run, "accuracy", decay) for run in runs[len(text_runs):]])
    studies.claims[-1].name = f"studies.decay_{decay:g}"


decay_row(0, "| <:0> | <24.42> | <32.28> | <100> % | <100> % |")
decay_row(0.01, "| <:0.01> | <24.42> | <31.76> | <100> % | <100> % |")
decay_row(0.03, "| <:0.03> | <24.84> | <32.31> | <100> % | <100> % |")
decay_row(0.1, "| <:0.1> | <28.72> | <36.71> | <98.3> % | <100> % |")
decay_row(0.3, "| <:0.3> | <38.83> | <68.25> | <98.3> % | <93.3> % |")
decay_row(1, "| <:1> | | | <96.7> % | <53.3> % |", texts=False)


def loss(run, decay):
    """Perplexity in excess of the transformer's [%]."""
    return 100 * (at(run, "perplexity", decay) / run.results["transformer"] - 1)


studies.given("a unit", "| λ [<1>/s] | perplexity")
studies.given("a definition", "**A memory time <1>/λ as long as")


@studies.claim("**A memory time 1/λ as long as the text or longer costs nothing**", *decay_text.values())
def long_memory(softmax, linear):
    return loss(softmax, 0.01) < 0.1 and loss(linear, 0.01) < 0.1 or (loss(softmax, 0.01), loss(linear, 0.01))


@studies.claim("(the linear language model even improves slightly at <:0.01> /s", decay_text["linear"])
def improvement(run):
    return loss(run, 0.01) < 0 or loss(run, 0.01)


@studies.claim("a memory time of <74> % of the text (<:0.03> /s) costs at most <2> % of perplexity, of <22> % (<:0.1> /s) <14> to <18> %, of "
               "<7> % (<:0.3> /s) <59> to <111> %", *decay_text.values())
def losses(*runs):
    span = 64 * 0.7  # [s], of the text
    found = {decay: [loss(run, decay) for run in runs] for decay in (0.03, 0.1, 0.3)}
    part = {decay: 100 / decay / span for decay in found}
    return [part[0.03], at_most(max(found[0.03])), part[0.1], min(found[0.1]), max(found[0.1]), part[0.3], min(found[0.3]),
            max(found[0.3])]
