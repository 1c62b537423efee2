"""revitra-plot: what it is asked for, and what it says when that cannot be."""

import argparse
import os
import pathlib
import sys
import warnings

from . import animation, curves, history, maps, rejuvenation
from .errors import PlotError, WriteError
from .fields import choose_record, has_fields, need_fields
from .run import read_run
from .style import STYLE, plt

PICTURES = ("curve", "history", "fields", "rejuvenation")

HELP = """\
Draws the results of revitra-fem (or of revitra-point, which has no fields):

  curve.png         stress over strain: sigma_c, the effective energy density (EED) as an area, the peak;
                    stress and strain over time in relaxation and creep, the temperature if it changes
  history.png       free volume (mean, and least to largest), ST sum and bias, EED, rejuvenation degree
  fields.png        the specimen: free volume, rejuvenation degree (red rejuvenates, blue ages), EED and
                    plastic strain on the deformed shape; in 3-D from outside and cut in the middle
  rejuvenation.png  how much of the volume rejuvenates how far, and what local energy it took
"""

EXAMPLES = """\
examples:
  revitra-plot output                          all pictures, into the folder output
  revitra-plot output --at 0.1                 fields at the record nearest to the strain 0.1
  revitra-plot output --fields rejuvenation,stress,st_bias --format pdf
  revitra-plot output --only fields --undeformed --output pictures
  revitra-plot slow fast --output pictures     the curves of two runs in one picture
  revitra-plot output --animate                a picture of every record: frames/, animation.gif

exit status: 0 done; 2 bad input, with one line that says what to do; 4 a picture could not be written
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message):
        raise PlotError(f"{message}; see revitra-plot --help")


def parser():
    result = Parser(prog="revitra-plot", description=HELP, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
                    allow_abbrev=False)
    add = result.add_argument
    add("directories", nargs="+", metavar="DIR", help="results of a run; of several, curves and histograms are drawn into one picture")
    add("--output", metavar="DIR", type=pathlib.Path, help="where pictures go (default: with the results; of several runs, here)")
    add("--format", choices=("png", "pdf", "svg"), default="png", help="of the pictures (default: png)")
    add("--only", metavar="P,Q", type=names, help=f"draw only these of {','.join(PICTURES)}")
    add("--labels", metavar="A,B", type=names, help="what to call the runs (default: like their directories)")
    add("--fields", metavar="A,B", type=names, help=f"which fields (default: {','.join(maps.DEFAULT_FIELDS)})")
    when = result.add_mutually_exclusive_group()
    when.add_argument("--at", metavar="STRAIN", type=float, help="fields of the record nearest to this strain (default: the last)")
    when.add_argument("--time", metavar="T", type=float, help="the same by time")
    shape = result.add_mutually_exclusive_group()
    shape.add_argument("--scale", metavar="S", type=float, default=1.0, help="multiply displacements by S (default: 1, the true shape)")
    shape.add_argument("--undeformed", action="store_const", const=0.0, dest="scale", help="draw the shape at the start")
    add("--animate", action="store_true", help="also draw every record: frames/ and animation.gif")
    return result


def names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def check(options):
    """What the parser cannot know."""
    for name in options.only or []:
        if name not in PICTURES:
            raise PlotError(f"--only {name}: there is no such picture; there are {', '.join(PICTURES)}")
    if options.labels and len(options.labels) != len(options.directories):
        raise PlotError(f"--labels {','.join(options.labels)}: {len(options.labels)} for {len(options.directories)} runs; give each one")
    if len(options.directories) > 1 and asks_for_fields(options):
        raise PlotError("fields can be drawn of one run at a time; give one directory")


def asks_for_fields(options):
    """Whether nothing but fields will do."""
    return bool(options.fields or options.animate or options.at is not None or options.time is not None or "fields" in (options.only or []))


def read_runs(options):
    labels = options.labels or unlike([pathlib.Path(directory) for directory in options.directories])
    runs = [read_run(directory, name) for directory, name in zip(options.directories, labels)]
    for name in ("physical", "tension"):
        if len({getattr(run, name) for run in runs}) > 1:
            what = {"physical": "Output/Units", "tension": "Loading/Mode"}[name]
            raise PlotError(f"{', '.join(options.directories)}: have different {what} and cannot share axes; draw them one by one")
    return runs


def unlike(directories):
    """The last names of directories, or all of them where these are the same."""
    short = [directory.resolve().name for directory in directories]
    return short if len(set(short)) == len(short) else [str(directory) for directory in directories]


def wanted(options, runs):
    """The pictures to draw, in order."""
    if asks_for_fields(options):
        need_fields(runs[0])
    if options.only:
        for run in runs if "rejuvenation" in options.only else []:
            if not rejuvenation.has_rejuvenation(run):
                need_fields(run)
        return [name for name in PICTURES if name in options.only]
    pictures = ["curve", "history"]
    if len(runs) == 1 and has_fields(runs[0]):
        pictures.append("fields")
    if all(map(rejuvenation.has_rejuvenation, runs)):
        pictures.append("rejuvenation")
    return pictures


def draw(name, options, runs, folder):
    """One picture; returns its file."""
    kind, at = options.format, {"strain": options.at, "time": options.time}
    if name == "curve":
        return curves.draw_curve(runs, folder, kind)
    if name == "history":
        return history.draw_history(runs, folder, kind)
    if name == "fields":
        return maps.draw_fields(runs[0], choose_record(runs[0], **at), options.fields or maps.DEFAULT_FIELDS, options.scale, folder, kind)
    if len(runs) == 1:
        return rejuvenation.draw_one(runs[0], at, folder, kind)
    return rejuvenation.draw_several(runs, folder, kind)


def draw_all(options):
    """Prints each file that it has written."""
    check(options)
    runs = read_runs(options)
    folder = options.output or (runs[0].directory if len(runs) == 1 else pathlib.Path())
    for name in wanted(options, runs):
        print(draw(name, options, runs, folder))
    if options.animate:
        for file in animation.draw_frames(runs[0], options.fields or maps.DEFAULT_FIELDS, options.scale, folder):
            print(file)
    tell_why_no_fields(runs)


def draw_or_say_why_not(options):
    """Whatever is in the directories, there is one line for it."""
    try:
        draw_all(options)
    except (PlotError, WriteError, BrokenPipeError):
        raise
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise PlotError(f"{', '.join(options.directories)}: cannot be drawn: {what}; run again, or draw less by --only") from error


def tell_why_no_fields(runs):
    """A note, where somebody may miss the fields."""
    for run in runs:
        if run.summary.get("tool") == "revitra-fem" and not has_fields(run):
            try:
                need_fields(run)
            except PlotError as reason:
                print(f"note: {reason}", file=sys.stderr)


def main(arguments=None):
    """Returns the exit status."""
    warnings.filterwarnings("ignore", module="matplotlib")
    plt.rcParams.update(STYLE)
    try:
        draw_or_say_why_not(parser().parse_args(arguments))
        return 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except PlotError as error:
        print(f"revitra-plot: {error}", file=sys.stderr)
        return 2
    except WriteError as error:
        print(f"revitra-plot: {error}", file=sys.stderr)
        return 4
