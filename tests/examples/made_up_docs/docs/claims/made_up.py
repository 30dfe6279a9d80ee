from checked_docs import Document, Run

made_up = Document("docs/made_up.md")
silent = Run("synapse --rate 0 --duration 1", 1)
longer = Run("synapse --rate 0 --duration 2", 60)  # pretends to be slow


@made_up.claim("is integrated in <1000> steps of `--dt 0.001`, releases <0> times", silent)
def right(run):
    return [run.results["steps"], run.results["releases"]]


@made_up.claim("releases 0 times and keeps <a quarter> of its resources", silent)
def wrong(run):
    return run.results["final_means"]["x"]


@made_up.claim("A longer run takes <2000> steps", longer)
def slow(run):
    return run.results["steps"]
