// SPDX-License-Identifier: MIT
//
// Headlines as several desks write them of one event, and headlines that only look alike.

#include "unit.h"

#include <string.h>

#include "core/alert/same_link.h"
#include "core/alert/same_story.h"

static void links_that_lead_to_one_page_are_one(void **state) {
    (void)state;
    static const char *const same[][2] = {
        {"https://example.org/news/1", "http://example.org/news/1"},
        {"https://www.example.org/news/1", "https://example.org/news/1/"},
        {"https://WWW.Example.ORG/news/1", "https://example.org:443/news/1"},
        {"https://m.example.org/news/1", "https://amp.example.org/news/1"},
        {"https://example.org/news/1/amp/", "https://example.org/news/1"},
        {"https://example.org/news/1?utm_source=rss&utm_medium=feed", "https://example.org/news/1"},
        {"https://example.org/a?id=7&fbclid=x", "https://example.org/a?id=7"},
        {"https://example.org/a?at_medium=RSS&id=7&at_campaign=K", "https://example.org/a?id=7"},
        {"https://example.org/a#top", "https://example.org/a"},
        {"https://example.org/a?#top", "https://example.org/a"},
    };
    static const char *const different[][2] = {
        {"https://example.org/news/1", "https://example.org/news/2"},
        {"https://example.org/news/1", "https://example.com/news/1"},
        {"https://example.org/News/1", "https://example.org/news/1"},
        {"https://example.org/a?id=7", "https://example.org/a?id=8"},
        {"https://example.org/a?id=7", "https://example.org/a"},
        {"https://m.de/news/1", "https://de/news/1"},
        {"https://example.org:8080/a", "https://example.org/a"},
        {"https://example.org/example", "https://example.org/ex"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(same); i++)
        if (same_link_key(same[i][0]) != same_link_key(same[i][1]))
            fail_msg("told apart: %s %s", same[i][0], same[i][1]);
    for (size_t i = 0; i < ARRAY_SIZE(different); i++)
        if (same_link_key(different[i][0]) == same_link_key(different[i][1]))
            fail_msg("not told apart: %s %s", different[i][0], different[i][1]);
}

static void a_front_page_tells_no_story_from_another(void **state) {
    (void)state;
    assert_int_equal(same_link_key(""), 0);
    assert_int_equal(same_link_key("https://example.org"), 0);
    assert_int_equal(same_link_key("https://www.example.org/?utm_source=rss#x"), 0);
    assert_true(same_link_key("https://example.org/?p=12") != 0);
    assert_true(same_link_key("urn:uuid:1") != 0);
}

static void a_site_is_what_one_publisher_has(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool is_same;
    } cases[] = {
        {"https://www.bbc.co.uk/1", "https://feeds.bbc.co.uk/2", true},
        {"https://www.bbc.co.uk/1", "https://www.guardian.co.uk/1", false},
        {"https://rss.example.org/1", "http://example.org/", true},
        {"https://one.example.org/", "https://one.example.com/", false},
        {"https://a.github.io/x", "https://b.github.io/x", false},
        {"https://news.a.com.au/x", "https://a.com.au/x", true},
        {"https://a.com.au/x", "https://b.com.au/x", false},
        {"https://localhost/x", "http://localhost/y", true},
        {"https://u:p@Example.org:8080/x", "https://example.org/x", false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const uint64_t a = same_link_site(cases[i].a), b = same_link_site(cases[i].b);
        if ((a == b) != cases[i].is_same)
            fail_msg("%s %s", cases[i].a, cases[i].b);
    }
    assert_int_equal(same_link_site("urn:uuid:1"), 0);
}

static struct story_print print_of(const char *feed, const char *title, const char *link) {
    struct story_print print;
    same_story_print(feed, title, link, &print);
    return print;
}

// Of two feeds, with links that tell nothing.
static enum same_story compare_titles(const char *a, const char *b) {
    const struct story_print first = print_of("https://one.example/", a, "https://one.example/a");
    const struct story_print second = print_of("https://two.example/", b, "https://two.example/b");
    const enum same_story same = same_story_compare(&first, &second);
    assert_int_equal(same_story_compare(&second, &first), same);
    return same;
}

static const char *const same_pairs[][2] = {
    {"EU condemns cyber attack on Ukraine", "EU condemns cyberattack against Ukraine"},
    {"EU condemns cyber-attack on Ukraine's power grid - BBC News",
     "EU condemns cyberattacks on Ukraine power grid"},
    {"Ransomware attack shuts down hospital in Lyon",
     "Lyon hospital shut down by ransomware attack"},
    {"Explosion rocks chemical plant in Ludwigshafen",
     "Explosion at chemical plant in Ludwigshafen"},
    {"NATO to hold emergency meeting over Baltic cable damage",
     "NATO holds emergency meeting on damaged Baltic cable"},
    {"Magnitude 6.1 earthquake strikes off coast of Japan | Reuters",
     "6.1-magnitude earthquake strikes off Japan coast"},
    {"At least 12 killed as train derails near Athens",
     "Twelve killed after train derails near Athens"},
    {"UPDATE 1-Microsoft warns of zero-day flaw in Exchange servers",
     "Microsoft warns of zero-day flaw in Exchange servers"},
    {"Breaking: Parliament dissolves after budget vote", "Parliament dissolved after budget vote"},
    {"Storm Babet: red warning for rain issued in eastern Scotland",
     "Red rain warning issued for eastern Scotland as Storm Babet nears"},
    {"Hackers leak data of 3 million customers of Dutch telecom firm",
     "Hackers leak data of three million customers of Dutch telecoms firm"},
    {"Volcano erupts on Iceland's Reykjanes peninsula",
     "Iceland volcano erupts on Reykjanes peninsula"},
    {"Cyberattaque contre l'hôpital de Corbeil-Essonnes",
     "Cyberattaque contre l’hopital de Corbeil Essonnes | Le Journal"},
    {"Hackerangriff legt Stadtwerke Karlsruhe lahm",
     "Hackerangriff legt Stadtwerke in Karlsruhe lahm | Anzeiger"},
    {"Central bank raises interest rates by half a point",
     "Central bank raises interest rate half a point"},
    {"Ship runs aground in Suez Canal, traffic blocked",
     "Ship aground blocks traffic in Suez Canal"},
    {"Poland scrambles jets after drones enter airspace",
     "Poland scrambles fighter jets as drones enter its airspace"},
    {"Power outage hits large parts of Spain and Portugal",
     "Large parts of Spain and Portugal hit by power outage"},
    {"Airports across Europe disrupted by cyber attack on check-in software",
     "Cyberattack on check-in software disrupts airports across Europe"},
    {"俄罗斯警告北约不要介入乌克兰冲突", "俄罗斯警告北约不要介入乌克兰冲突 - 新华网"},
    {"Кибератака на аэропорт Шереметьево задержала рейсы",
     "Кибератака на аэропорт Шереметьево: задержала рейсы"},
    {"WHO declares end of mpox emergency in Africa",
     "WHO declares the end of mpox emergency in Africa"},
};

static const char *const different_pairs[][2] = {
    {"Magnitude 5.1 earthquake strikes off coast of Japan",
     "Magnitude 6.2 earthquake strikes off coast of Japan"},
    {"CVE-2026-1001: remote code execution in OpenSSH server",
     "CVE-2026-1002: remote code execution in OpenSSH server"},
    {"Russia accepts ceasefire proposal for Ukraine",
     "Russia rejects ceasefire proposal for Ukraine"},
    {"Explosion at hospital in Lyon kills patient", "Explosion at hospital in Lille kills patient"},
    {"EU condemns cyber attack on Ukraine", "EU condemns election fraud in Georgia"},
    {"Tsunami warning issued for northern Chile coast",
     "Tsunami warning lifted for northern Chile coast"},
    {"Ransomware attack hits hospital in Barcelona",
     "Ransomware attack hits school district in Texas"},
    {"Train derails near Athens, 12 killed", "Train derails near Athens, 40 killed"},
    {"Prime minister resigns after budget vote", "Prime minister survives confidence vote"},
    {"Storm Babet: red warning in Scotland", "Storm Ciaran: red warning in Channel Islands"},
    {"Microsoft warns of zero-day in Exchange servers",
     "Google warns of zero-day in Chrome browser"},
    {"Volcano erupts in Iceland", "Volcano erupts in Indonesia"},
    {"Oil prices rise after tanker seized in Gulf", "Oil prices fall after tanker freed in Gulf"},
    {"NATO jets intercept Russian bomber over Baltic",
     "NATO ships shadow Russian frigate in Channel"},
    {"Live", "Live"},
    {"Weather warning", "Weather warning"},
    {"Two dead in avalanche in Swiss Alps", "Three dead in avalanche in Swiss Alps"},
    {"Security update for Firefox 131 released", "Security update for Firefox 132 released"},
    {"Protesters storm parliament in Belgrade", "Lawmakers leave parliament in Belgrade"},
    {"Police arrest suspect in Brussels shooting", "Police seek suspect in Antwerp stabbing"},
    {"Fire breaks out at refinery near Rotterdam", "Fire breaks out at warehouse near Hamburg"},
    {"Ministry denies breach of voter database", "Breach of voter database reported by ministry"},
    {"Hackerangriff legt Stadtwerke Karlsruhe lahm", "Hackerangriff legt Klinikum Frankfurt lahm"},
    {"俄罗斯警告北约不要介入乌克兰冲突", "日本央行宣布维持利率不变"},
    {"- | -", "- | -"},
};

static void headlines_of_one_event_are_one_story(void **state) {
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_SIZE(same_pairs); i++) {
        if (compare_titles(same_pairs[i][0], same_pairs[i][1]) == SAME_NOT && ++wrong)
            print_error("%s / %s\n", same_pairs[i][0], same_pairs[i][1]);
    }
    assert_int_equal(wrong, 0);
}

static void headlines_that_only_look_alike_are_two(void **state) {
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_SIZE(different_pairs); i++) {
        if (compare_titles(different_pairs[i][0], different_pairs[i][1]) != SAME_NOT && ++wrong)
            print_error("%s / %s\n", different_pairs[i][0], different_pairs[i][1]);
    }
    assert_int_equal(wrong, 0);
    assert_true(ARRAY_SIZE(same_pairs) + ARRAY_SIZE(different_pairs) >= 40);
}

static void a_feed_may_tell_of_many_things_that_look_alike(void **state) {
    (void)state;
    const char *feed = "https://quakes.example/feed";
    const struct story_print a =
        print_of(feed, "Strong earthquake shakes coast near Valdivia in northern Chile",
                 "https://q.example/1");
    const struct story_print b =
        print_of(feed, "Strong earthquake shakes coast near Valdivia in southern Chile",
                 "https://q.example/2");
    assert_true(same_story_is_near(&a, &b));
    assert_int_equal(same_story_compare(&a, &b), SAME_NOT);
}

static void parts_of_one_page_are_stories_of_their_own_in_one_feed(void **state) {
    (void)state;
    const char *page_1 = "https://c.example/notes#v1", *page_2 = "https://c.example/notes#v2";
    const struct story_print a = print_of("https://c.example/", "Version 1", page_1);
    const struct story_print b = print_of("https://c.example/", "Version 2", page_2);
    const struct story_print other = print_of("https://d.example/", "Version two", page_2);
    assert_int_equal(same_story_compare(&a, &b), SAME_NOT);
    assert_int_equal(same_story_compare(&b, &other), SAME_LINK);
}

static void a_story_without_a_link_is_of_its_feeds_site(void **state) {
    (void)state;
    const struct story_print a = print_of("https://feeds.example.org/", "One two three", "");
    const struct story_print b =
        print_of("https://other.example/", "One two three", "https://www.example.org/1");
    assert_true(a.site == b.site);
    assert_int_equal(same_story_compare(&a, &b), SAME_TITLE);
}

static void titles_of_any_length_are_taken(void **state) {
    (void)state;
    char long_title[4000];
    for (size_t i = 0; i + 1 < sizeof long_title; i++)
        long_title[i] = i % 7 == 6 ? ' ' : (char)('a' + (i * i) % 26);
    long_title[sizeof long_title - 1] = '\0';
    const struct story_print a = print_of("https://a.example/", long_title, "");
    assert_true(a.word_count <= PRINT_WORDS);
    const struct story_print empty = print_of("", "", "");
    assert_int_equal(same_story_compare(&empty, &empty), SAME_NOT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_that_lead_to_one_page_are_one),
        cmocka_unit_test(a_front_page_tells_no_story_from_another),
        cmocka_unit_test(a_site_is_what_one_publisher_has),
        cmocka_unit_test(headlines_of_one_event_are_one_story),
        cmocka_unit_test(headlines_that_only_look_alike_are_two),
        cmocka_unit_test(a_feed_may_tell_of_many_things_that_look_alike),
        cmocka_unit_test(parts_of_one_page_are_stories_of_their_own_in_one_feed),
        cmocka_unit_test(a_story_without_a_link_is_of_its_feeds_site),
        cmocka_unit_test(titles_of_any_length_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
