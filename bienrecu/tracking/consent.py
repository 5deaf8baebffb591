"""Whether opens may be followed: off unless the organisation turned it on and the person agreed.

Article 82 of the French data protection act; CNIL recommendation 2026-042 on images that follow opens."""


def carries_image(*, organisation_tracks: bool, person_agrees: bool) -> bool:
    """Whether an e-mail posted now gets the image: decided once, then frozen with the e-mail."""
    return organisation_tracks and person_agrees


def load_counts(*, carried_image: bool, organisation_tracks: bool, person_agrees: bool) -> bool:
    """Whether a load may be recorded, in any form; but for `carried_image`, as things stand at the load.

    A withdrawal holds for e-mails sent before it. An agreement does not reach back: an e-mail that left
    without the image has none to load."""
    return carried_image and organisation_tracks and person_agrees
