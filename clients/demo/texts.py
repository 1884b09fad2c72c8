"""What people write and say at an agency. `{topic}` and `{service}` are filled in."""

TAGS = (
    "workshop-2025",
    "trade-fair",
    "bilingual",
    "board-contact",
    "invoice-by-post",
    "procurement-portal",
    "reference-customer",
)

LEAVING_REASONS = (
    ("budget_cut", 5.0),
    ("went_in_house", 3.0),
    ("results_below_expectation", 3.0),
    ("chose_another_agency", 3.0),
    ("merger_or_sale", 2.0),
    ("new_marketing_lead", 2.0),
    ("insolvency", 1.0),
)

SUBJECTS = {
    "question": (
        "Question about the {topic}",
        "the {topic}: which figures go into the board slides?",
        "Who looks after the {topic} while our contact is away?",
        "When is the {topic} due again?",
        "Short question: the {topic}",
        "Re: Re: Fwd: the {topic}",
        "Can we see the {topic} before Thursday?",
        "Unsure about the wording – the {topic}",
    ),
    "change": (
        "Please change the {topic}",
        "New prices on the {topic} from Monday",
        "the {topic}: swap the second picture",
        "Correction for the {topic} (typo in the headline)",
        "Could you move the {topic} forward by a week?",
        "Add our new address to the {topic}",
        "the {topic} in French and Polish as well?",
    ),
    "complaint": (
        "the {topic} is still not right",
        "Third reminder: the {topic}",
        "Not happy with the {topic}",
        "the {topic}: customers see an error message",
        "Unexpected item on the invoice (the {topic})",
    ),
    "other": (
        "Holiday cover in the summer",
        "New contact person from next month",
        "Minutes of our call",
        "Access for our new colleague",
        "Purchase order number for next year",
        "Invitation to our anniversary, Saturday 14:00 in the old boiler house, with families, "
        "please tell us by the end of the month how many of you will come",
    ),
}

INBOUND = (
    "Hello, could you have a look at the {topic}? Something does not add up on our side. Thank you!",
    "Good morning, we need the {topic} a little earlier than planned. Is that possible?",
    "Hi, attached is our feedback on the {topic}. Most of it is small.",
    "Dear team, our management asks for the {topic}. Could you send it by tomorrow noon?",
    "Please see the screenshot: the {topic} looks odd on a phone.",
    "We talked about the {topic} last week; here are the figures you asked for.",
)
REPLIES = (
    "Thanks, got it. I am on it and will come back to you today.",
    "Good point. I have changed it; you should see it in a few minutes.",
    "I checked with the team: this is done by Thursday noon. Does that help?",
    "Sorry about that. It is fixed, and we have added a check so that it does not come back.",
    "Here is the file. Tell me if anything is missing.",
    "Quick answer: yes. The longer one is in the attached note.",
)
FOLLOW_UPS = (
    "Thank you. One more thing: could it say “from June” instead of “soon”?",
    "Perfect, and the second page as well, please.",
    "Hm, on my side it still looks the same.",
    "Any news on this?",
)
THANKS = ("Thank you, all good!", "Great, thanks.", "Wonderful – merci!", "Super, danke!")
AUTO_REPLY = "Thank you for your message. We are out of the office and will answer on the next working day."
NOTES = (
    "Checked with the designers, they can do it tomorrow.",
    "Careful: the managing director reads along.",
    "Budget for this month is nearly used up.",
)

# A summary is one sentence of each row: what it was about, what was said, what comes next.
SUMMARIES = {
    "upstream": (
        (
            "Talked about next year's plans.",
            "Met the new head of sales.",
            "Coffee with the managing director at the trade fair.",
            "Strategy half-day at their office in the old mill.",
            "Board meeting, our ten minutes.",
            "Lunch after the shareholders' meeting.",
            "Quarterly review with both managing directors.",
            "Call about the budget.",
        ),
        (
            "Two new markets and less print.",
            "They want leads, not reach.",
            "Content with us, worried about costs.",
            "Recruiting is the real problem now, not sales.",
            "They may buy a competitor; nothing is signed, so keep it to ourselves.",
            "Prices go up in spring, and we should help to explain why.",
            "A family member joins the management in summer.",
            "The shop is to carry a third of the turnover by 2028.",
            "{service} is seen as the part that works best.",
        ),
        (
            "We send a proposal by the end of the month.",
            "Next talk in six weeks.",
            "I introduce our strategist to them.",
            "They come back to us after their holidays.",
            "",
            "",
        ),
    ),
    "downstream": (
        (
            "Weekly call.",
            "Went through the monthly report.",
            "Design feedback, round two.",
            "Walked through the open tickets and closed four of them.",
            "Planned the newsletter for the coming month.",
            "Talked about the delay of the landing page.",
            "Checked access rights after a colleague left.",
            "Short call about the invoice, solved.",
            "Kick-off for {service}.",
            "Showed the first version of {service}.",
        ),
        (
            "Release on Tuesday, texts approved, pictures still missing from their side.",
            "Clicks up, cost per lead down a little.",
            "Colours settled, photos not.",
            "One page too slow on phones; we know why.",
            "They like the tone and want shorter headlines.",
            "Their finance director was not there, so two decisions wait.",
            "Tracking had a gap of two days, explained and mended.",
            "A long list of small wishes, the most pressing of which is a German and English version of the "
            "product catalogue for the spring fair, with prices before tax in one and after it in the other.",
            "All in the green.",
        ),
        (
            "New date agreed.",
            "They send the figures by Friday.",
            "We test on Monday.",
            "I ask the designers.",
            "Nothing open.",
            "",
            "",
        ),
    ),
}

NPS_COMMENTS = {
    "promoter": (
        "They think along and tell us when an idea is bad.",
        "Always reachable, always friendly. Weiter so!",
        "Our leads have doubled since last spring.",
        "+1 for the new monthly report",
        "Simply a good team.",
        "The only agency so far that kept its dates.",
        "Très professionnels, et toujours de bonne humeur.",
    ),
    "passive": (
        "Good work, a little slow before holidays.",
        "Content is strong, design could be braver.",
        "All fine, though I would like fewer tools.",
        "Solid.",
    ),
    "detractor": (
        "We had to ask three times.",
        "Too many changes of contact person.",
        "- expensive\n- slow in summer\n+ nice people",
        "The results are not what was promised in the pitch.",
        "I learn about delays only when I ask.",
    ),
}
CSAT_COMMENTS = {
    "good": ("Quick and friendly.", "Solved within the hour!", "Danke, perfekt.", "As always.", "👍"),
    "bad": (
        "Took too long.",
        "I had to explain it twice.",
        "Not what I asked for.",
        "Still open from my point of view.",
    ),
}
# What account managers note beside their confidence in a client.
CONFIDENCE_NOTES = {
    "safe": (
        "The marketing lead praised us in front of her board.",
        "Renewal was spoken about and nobody hesitated.",
        "They plan next year with us.",
        "Calm and friendly; results are good.",
    ),
    "unsure": (
        "Silent contact: two meetings were moved without a new day.",
        "Budget under review: procurement asks for our rates.",
        "Results below what was promised in spring.",
        "New decision maker who brings an agency of his own.",
    ),
}
PULSE_COMMENTS = (
    "Two big launches at once.",
    "Good month.",
    "Short of designers.",
    "Clients are happy, I am tired.",
    "",
)

TESTIMONIALS = (
    "In three years they have never missed a launch date. We sleep well.",
    "They found the words for what we do – something we had not managed in forty years.",
    "Our open rates went from 14 to 31 per cent, and not by shouting.",
    "A partner who says no when it matters.",
    "Without the team our relaunch would have been a year later and twice as dear.",
)

DELAY_CAUSES = (("ours", 5.0), ("client", 3.5), ("agreed", 1.5))
LOST_REASONS = (
    ("price", 4.0),
    ("no_decision", 2.0),
    ("went_in_house", 2.0),
    ("competitor", 3.0),
    ("timing", 2.0),
)
STAGES = (("qualified", 3.0), ("needs_agreed", 3.0), ("proposal", 3.0), ("negotiation", 2.0))

GOALS = (
    ("More qualified leads", "Qualified leads a month", 40, 1.5),
    ("A faster website", "Largest contentful paint, seconds", 4.2, 0.55),
    ("More applications for open jobs", "Applications a month", 12, 2.0),
    ("Cheaper leads", "Cost per lead", 86, 0.7),
    ("A newsletter people read", "Open rate, per cent", 17, 1.6),
    ("Better known in the region", "Aided recall, per cent", 23, 1.3),
    ("Sell more in the shop", "Orders a month", 310, 1.35),
    (
        "Fewer calls about opening times, delivery dates and where the spare parts catalogue can be found",
        "Calls a week",
        140,
        0.5,
    ),
)
LEAD_PLACES = ("Tannhof", "Willow", "Feld", "Nova", "Östra", "Kiln", "Harebell", "Mühlen")
LEAD_KINDS = ("Werke", "Studio", "Farm", "Labs", "Hotel", "& Partners")
PRIORITIES = (("normal", 6.0), ("low", 2.0), ("high", 2.0), ("urgent", 0.6))
