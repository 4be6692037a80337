"""What people get wrong in our labs: other answers, and the checks that they lose; no more, no fewer."""

MISUNDERSTANDINGS = [
    (
        "f2-a",
        {
            # the table read along its columns
            "table_reading": "land_as_boundary = int(table.loc['boundary', 'land'])\n"
            "boundary_as_land = int(table.loc['land', 'boundary'])\n"
            "mixed_pair = ['land', 'boundary']",
            # a share of all requests, and not of the urgent ones
            "by_language": "worst_language = 'sw'\nmissed_at_half = 21",
            # everything read, so that nothing can be missed
            "threshold": "threshold = 0.02",
            # the line that fitted this sorter
            "choose_line": "def choose_line(scores, urgent, promise=2):\n    return 0.07",
        },
        {"test_table", "test_language", "test_threshold", "test_choose_line"},
    ),
    (
        "f2-a",
        {
            # the rule looks at the reading, and not at who is missed
            "choose_line": "def choose_line(scores, urgent, promise=2):\n"
            "    chosen = 0.0\n"
            "    for step in range(1, 100):\n"
            "        if (scores >= step / 100).mean() * 100 <= 50:\n"
            "            chosen = step / 100\n"
            "    return chosen",
            "five_errors": "five_errors = [801, 802, 803, 805, 806]\n"
            "error_note = 'One two three four five six seven eight nine ten.'",
        },
        {"test_choose_line", "test_errors"},
    ),
    (
        "f2-b",
        {
            # what has no source is taken for false
            "marks": "marks = dict(zip('abcdefghij', "
            "['wrong', 'ok', 'ok', 'ok', 'ok', 'wrong', 'ok', 'none', 'ok', 'wrong']))",
            # the name taken out with the rest
            "take_out": "take_out = list('acdef')",
            # the rule that is right beside the circular that is not
            "deciding_line": "deciding_line = dict(zip(range(1, 7), "
            "['F1', 'F7', 'F5', 'F14', 'F11', 'F13']))",
            # a review, and no word of where and by when
            "sentences": "appeal_sentence = 'If you do not agree you may ask for a review.'\n"
            "kind_sentence = 'As already explained, we will of course gladly read your meter.'\n"
            "disclosure_line = 'Written with a tool and checked by an officer; please call us.'",
        },
        {"test_marks", "test_no_source", "test_take_out", "test_lines"}
        | {"test_appeal_sentence", "test_kind_sentence"},
    ),
    (
        "f2-b",
        {
            # the unkind letter for the one that leaves something out
            "main_problem": "main_problem = dict(zip(range(1, 7), "
            "['fee', 'circular', 'office', 'appeal', 'tone', 'personal']))",
            "corrections": "right_fee = 350\nright_office = 'Sub-County Trade Office'",
        },
        {"test_manner", "test_corrections"},
    ),
    (
        "a1-a",
        {
            # who shares phone and birth date is one person
            "decide": "def decide(names, phone, birth, sex):\n"
            "    if phone == 'same' and birth in ('same', 'both unknown'):\n"
            "        return 'same'\n"
            "    return 'same' if names >= 0.8 and birth == 'same' else 'different'",
            "precision_recall": "def precision_recall(found, really):\n"
            "    found, really = ({frozenset(p) for p in x} for x in (found, really))\n"
            "    right = len(found & really)\n"
            "    return (right / len(really), right / len(found)) if found else (0.0, 0.0)",
        },
        {"test_decide", "test_pairs", "test_precision_recall"},
    ),
    (
        "a1-a",
        {
            # the lost zero is lost for good, and what is in the field is a phone
            "clean_phone": "def clean_phone(text):\n"
            "    text = re.sub(r'[ -]', '', text) if isinstance(text, str) else ''\n"
            "    return '+254' + text[-9:] if text.startswith(('0', '+', '254')) else None",
            # one spelling, but in the order of the form
            "name_key": "def name_key(given, other_names):\n"
            "    text = f'{given} {other_names}'.lower().replace(\"'\", '')\n"
            "    return tuple(SPELLINGS.get(name, name) for name in text.split())",
            "profile": "missing_phones = int(people['phone'].isna().sum())\n"
            "january_percent = float(people['birth_date'].str.endswith('-01').mean() * 100)\n"
            "lost_zeros = 0",
        },
        {"test_clean_phone", "test_name_key", "test_profile"},
    ),
    (
        "a2",
        {
            # the season of all years, the covered one too
            "backtest": "def backtest(values):\n"
            "    years = np.array(values).reshape(-1, 12)\n"
            "    season = (years / years.mean(axis=1, keepdims=True)).mean(axis=0)\n"
            "    return {'actual': values[-12:], 'baseline': seasonal_naive(values[:-12]),\n"
            "            'model': list(years[-2].mean() * season)}",
            # the last month for ever, and errors that cancel out
            "baseline": "def seasonal_naive(history, ahead=12):\n"
            "    return [history[-1]] * ahead\n\n"
            "def mae(actual, forecast):\n"
            "    return abs(float(np.mean(np.asarray(actual) - np.asarray(forecast))))",
            # the same for calm counters and wild ones
            "interval": "def interval(history):\n"
            "    made = model(history)\n"
            "    return [0.95 * x for x in made], [1.05 * x for x in made]",
            # half an officer is none
            "rota": "def officers(requests):\n"
            "    return [max(1, round(number / 440)) for number in requests]\n\n"
            "rota = officers(interval(series['001'])[1])\n"
            "manager_note = 'We need 8 officers.'",
        },
        {"test_backtest", "test_baseline", "test_report", "test_interval"}
        | {"test_rota", "test_note"},
    ),
    (
        "a2",
        {
            # an outage is taken for demand, and the season for one that everybody has
            "model": "def model(history):\n"
            "    season = np.array([float(value) for value in index])\n"
            "    years = np.array(history).reshape(-1, 12)\n"
            "    return list(years[-1].mean() * (years[-1].mean() / years[-2].mean()) * season)",
            "seen": "peak_months = [1, 6]\noutage_county = '023'\n"
            "split_from, split_to = '021', '022'\nturned_county = '047'",
        },
        {"test_model", "test_seen"},
    ),
    (
        "m1-a",
        {
            # misses as a share of all, and thirty taken for too few
            "overall": "accuracy, shortlisted = 78.5, 50.8\n"
            "missed = 100 * float(((applications['decision'] == 0)"
            " & (applications['later_verified_need'] == 1)).mean())",
            "audit": "def audit(table, by):\n"
            "    rows = []\n"
            "    for values, part in table.groupby(by):\n"
            "        need, taken = part['later_verified_need'] == 1, part['decision'] == 1\n"
            "        rows.append({'group': ' / '.join(map(str, values)), 'people': len(part),\n"
            "            'needy': int(need.sum()), 'shortlisted': 100 * taken.mean(),\n"
            "            'accuracy': 100 * (need == taken).mean(),\n"
            "            'missed': 100 * (need & ~taken).mean(), 'small': len(part) <= 30})\n"
            "    return pd.DataFrame(rows)",
            # whatever differs between groups is a proxy
            "proxies": "proxies = ['device', 'distance_km', 'income_band']",
            "memo": "memo = 'I recommend to look into it. ' * 60 + '1 2 3 4'",
        },
        {"test_overall", "test_audit", "test_small", "test_proxies", "test_dropped"}
        | {"test_at_line", "test_fair_line", "test_memo", "test_memo_parts"},
    ),
    (
        "m1-a",
        {
            # those on the line are left out, and the table that came in is changed
            "at_line": "def at_line(table, line):\n"
            "    table['decision'] = (table['score'] >= line).astype(int)\n"
            "    groups = audit(table, ['county_type']).set_index('group')['missed']\n"
            "    right = table['decision'] == table['later_verified_need']\n"
            "    return {'shortlisted': table['decision'].mean() * 100,\n"
            "            'accuracy': right.mean() * 100, 'missed': groups.to_dict()}",
            # a line that keeps the promise and spends far more than it must
            "fair_line": "fair_line = 0.2\n"
            "extra_places = int((applications['score'] >= 0.2).sum()"
            " - applications['decision'].sum())",
        },
        {"test_at_line", "test_fair_line"},
    ),
]
