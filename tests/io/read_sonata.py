"""Reads the reports and spikes of write_sonata with libsonata and checks values, ids, times, order and units.

read_sonata.py WRITE_SONATA. Exit status 77, which ctest counts as skipped, where libsonata or numpy is not installed.
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    import libsonata
    import numpy as np
except ImportError as error:
    print(f"skipped: {error} (pip install libsonata numpy)")
    sys.exit(77)

FRAMES = 1500
POPULATIONS = {  # population: (its place, units, sorted, start, interval, [(node, element) in the order of the file])
    "astrocytes": (0, "uM", False, 500.0, 1.0, [(4, 0), (2, 0), (9, 0)]),
    "synapses": (1, "1", True, 0.0, 12.5, [(0, 0), (0, 1), (1, 0), (5, 0), (5, 1), (5, 2)]),
    "neurons": (2, "1/s", True, 0.0, 250.0, [(10 * i, 0) for i in range(100)]),
}


def expected_values(place, frames, elements):
    frame = np.arange(frames)[:, None]
    element = np.arange(elements)[None, :]
    return (4096 * frame + 8 * element + place) / 16


def check(path, frames):
    reader = libsonata.ElementReportReader(str(path))
    assert set(reader.get_population_names()) == set(POPULATIONS), reader.get_population_names()
    for name, (place, units, is_sorted, start, interval, ids) in POPULATIONS.items():
        population = reader[name]
        assert population.data_units == units, (name, population.data_units)
        assert population.time_units == "ms", (name, population.time_units)
        assert population.sorted == is_sorted, name
        assert np.allclose(population.times, (start, start + frames * interval, interval), rtol=1e-12), population.times
        data = population.get()
        assert [tuple(int(i) for i in pair) for pair in data.ids] == ids, (name, data.ids)
        # libsonata accumulates the interval, so its last time has the rounding error of 1500 additions.
        assert np.allclose(data.times, start + interval * np.arange(frames), rtol=1e-12), (name, data.times)
        assert data.data.shape == (frames, len(ids)), (name, data.data.shape)
        assert np.array_equal(data.data, expected_values(place, frames, len(ids))), name
        node, _ = ids[-1]
        some = population.get(node_ids=[node], tstart=start + interval, tstop=start + 2 * interval)
        wanted = [column for column, pair in enumerate(ids) if pair[0] == node]
        assert np.array_equal(some.data, expected_values(place, 3, len(ids))[1:, wanted]), name
    print(f"{path.name}: {len(POPULATIONS)} populations of {frames} frames are as written")


def check_spikes(path):
    reader = libsonata.SpikeReader(str(path))
    assert reader.get_population_names() == ["synapses"], reader.get_population_names()
    spikes = reader["synapses"]
    assert spikes.sorting == "by_time", spikes.sorting
    assert spikes.time_units == "ms", spikes.time_units
    assert list(spikes.get()) == [(7, 12.5), (0, 500.0), (3, 500.0), (7, 2250.0)], list(spikes.get())
    assert list(spikes.get(node_ids=[7], tstart=100)) == [(7, 2250.0)]
    print(f"{path.name}: spikes are as written")


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        closed = pathlib.Path(directory) / "closed.h5"
        subprocess.run([program, closed, "closed"], check=True, stdout=subprocess.DEVNULL)
        assert [entry.name for entry in closed.parent.iterdir()] == [closed.name]
        check(closed, FRAMES)

        spikes = pathlib.Path(directory) / "spikes.h5"
        subprocess.run([program, spikes, "spikes"], check=True, stdout=subprocess.DEVNULL)
        check_spikes(spikes)

        killed = pathlib.Path(directory) / "killed.h5"
        process = subprocess.run([program, killed, "killed"], stdout=subprocess.PIPE, text=True)
        assert process.returncode == 9, process.returncode
        assert not killed.exists()
        check(pathlib.Path(process.stdout.strip()), FRAMES // 2)


if __name__ == "__main__":
    main()
