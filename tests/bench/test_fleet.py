"""The fleet's figures say what was measured and what was only multiplied."""

from argparse import Namespace

from bench.fleet.run import figures


def test_a_part_of_the_fleet_is_multiplied_and_says_so():
    told = figures(Namespace(agencies=20, clients=50, workers=2), first=60.0, usual=40.0)

    assert (told["s_per_agency"], told["for_500_s"]) == (2.0, 1000.0)
    assert told["for_500_is"] == "s_per_agency x 500, not measured"
    assert told["target"] == {"at_most": 1800, "is_met": True}


def test_the_whole_fleet_is_measured():
    told = figures(Namespace(agencies=500, clients=50, workers=2), first=4000.0, usual=2000.0)

    assert (told["for_500_s"], told["for_500_is"]) == (2000.0, "measured")
    assert told["target"] == {"at_most": 1800, "is_met": False}
