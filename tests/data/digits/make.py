"""Scores of the first held-out digits by the training script's own model, in float64 on the stored weights."""
import importlib.machinery
import importlib.util
import json
import pathlib
import sys

import jax
import numpy as np
from safetensors.numpy import load_file

jax.config.update("jax_enable_x64", True)
here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]
sys.path.insert(0, str(root / "scripts"))
loader = importlib.machinery.SourceFileLoader("training", str(root / "scripts" / "train-digit-models"))
training = importlib.util.module_from_spec(importlib.util.spec_from_loader("training", loader))
loader.exec_module(training)

pixels = np.load(root / "data" / "images" / "digits-heldout.npy")[:6].astype(np.float64) / 127.5 - 1
expected = {"model": "digits"}
for twin in training.TWINS:
    weights = load_file(root / "data" / "models" / f"digits-{twin}" / "model.safetensors")
    weights = {name: x.astype(np.float64) for name, x in weights.items()}
    expected[twin] = np.asarray(training.forward(weights, pixels, twin)).tolist()
(here / "expected.json").write_text(json.dumps(expected) + "\n")
