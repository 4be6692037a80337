"""The steps of admission to a run, which its pages lead to."""


def steps_of(request, organisation):
    """What the person may do here, as the links between the pages ask."""
    may = request.user.has_perm
    return {
        "may_share": may("admissions.share_seats", organisation),
        "may_select": may("admissions.select", organisation),
        "may_see_progress": may("reports.view_progress", organisation),
    }
