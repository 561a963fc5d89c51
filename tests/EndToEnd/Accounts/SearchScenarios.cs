using System.Text;
using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Accounts;

[Scenarios]
public sealed class SearchScenarios(SharedServer server)
{
    [Fact]
    public async Task Exact_names_come_before_prefixes_and_those_before_the_rest()
    {
        var me = await server.NewUser();
        var word = NewWord();
        var inside = await Named($"the{word}er");
        var prefix = await Named($"{word}er");
        var exact = await Named(word);

        var found = await Search(me, $"q={word.ToUpperInvariant()}");

        found.Users.Select(user => user.Id).ShouldBe([exact.Id, prefix.Id, inside.Id]);
        found.TotalCount.ShouldBe(3);
        (await Search(me, $"query={word}")).Users.Length.ShouldBe(3);
    }

    [Fact]
    public async Task Display_names_are_searched_like_usernames()
    {
        var me = await server.NewUser();
        var word = NewWord();
        var inside = await server.NewUser($"Doctor {word}");
        var exact = await server.NewUser(word);

        (await Search(me, $"q={word}")).Users.Select(user => user.Id).ShouldBe([exact.Id, inside.Id]);
    }

    [Fact]
    public async Task An_email_finds_its_owner_only_when_it_is_whole_and_is_never_shown()
    {
        var me = await server.NewUser();
        var name = NewWord();
        var email = $"mail{NewWord()}@example.org";
        var registration = new { email, username = name, password = "horse-battery-7" };
        var owner = (await server.Anonymous.Post("/auth/register", registration)).As<Account>(201);

        var whole = await me.Api.Get($"/users/search?q={Uri.EscapeDataString(email.ToUpperInvariant())}");
        var part = await Search(me, $"q={Uri.EscapeDataString(email[..^4])}");

        whole.As<Found>().Users.Select(user => user.Id).ShouldBe([owner.Id]);
        whole.Text.ShouldNotContain(email);
        part.Users.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_email_does_not_find_an_owner_who_does_not_want_that()
    {
        var (me, owner) = (await server.NewUser(), await server.NewUser());
        var byEmail = $"q={Uri.EscapeDataString(owner.Account.Email)}";
        (await Search(me, byEmail)).TotalCount.ShouldBe(1);

        await owner.SetPrivacy(new { findable_by_email = false });

        var found = await Search(me, byEmail);
        (found.Users.Length, found.TotalCount).ShouldBe((0, 0));
        (await Search(me, $"q={owner.Account.Username}")).Users.Select(user => user.Id).ShouldBe([owner.Id]);
    }

    [Theory]
    [InlineData("🙂", "🙂")]
    [InlineData("가", "\u1100\u1161")]
    public async Task A_text_of_255_characters_is_searched_however_they_are_spelled(string character, string spelled)
    {
        var me = await server.NewUser();
        var longest = Uri.EscapeDataString(string.Concat(Enumerable.Repeat(spelled, 255)));

        foreach (var path in new[] { "/users/search", "/friends/search" })
        {
            (await me.Api.Get($"{path}?q={longest}")).ShouldBe(200);
            (await me.Api.Get($"{path}?q={longest}{Uri.EscapeDataString(character)}")).ShouldBlame("q");
        }
    }

    [Fact]
    public async Task Korean_names_are_found_by_syllables_and_by_initial_consonants()
    {
        var me = await server.NewUser();
        var (name, initials) = NewKoreanName();
        var person = await server.NewUser($"김{name}");

        (await Search(me, $"q={Uri.EscapeDataString($"김{name}")}")).Users.Select(user => user.Id).ShouldBe([person.Id]);
        (await Search(me, $"q={Uri.EscapeDataString(name)}")).Users.Select(user => user.Id).ShouldContain(person.Id);
        (await Search(me, $"q={Uri.EscapeDataString($"ㄱ{initials}")}")).Users.Select(user => user.Id).ShouldContain(person.Id);
        (await Search(me, $"q={Uri.EscapeDataString(initials)}")).Users.Select(user => user.Id).ShouldContain(person.Id);
    }

    [Fact]
    public async Task A_name_is_found_while_it_is_typed_in_any_form_and_whatever_its_blanks()
    {
        var me = await server.NewUser();
        var (name, _) = NewKoreanName();
        var word = NewWord();
        var person = await server.NewUser($"김\u3000{name} Ｓtrauß{word}");
        await me.Befriend(person);

        foreach (var text in new[]
        {
            $"김{name}", $"김 {name[..^1]}", $"김{name}".Normalize(NormalizationForm.FormD), $"김{name}strauss{word}",
            $"STRAUSS{word.ToUpperInvariant()}", $"ｓｔｒａｕß {word}",
        })
        {
            (await Search(me, $"q={Uri.EscapeDataString(text)}")).Users.Select(user => user.Id).ShouldBe([person.Id], text);
            (await me.Api.Get($"/friends/search?q={Uri.EscapeDataString(text)}")).As<FriendList>().Ids.ShouldBe([person.Id], text);
        }
        var syllable = name[0] - 0xAC00;
        var halfTyped = $"김{"ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"[syllable / 588]}";
        (await me.Api.Get($"/friends/search?q={Uri.EscapeDataString(halfTyped)}")).As<FriendList>().Ids.ShouldBe([person.Id]);
    }

    [Fact]
    public async Task Names_of_any_width_and_case_are_the_same_in_sign_up_sign_in_search_and_mentions()
    {
        var ann = await server.NewUser();
        var name = NewWord();
        var registration = new { email = $"{Wide(name)}＠example.org", username = Wide(name), password = "horse-battery-7" };
        var bob = (await server.Anonymous.Post("/auth/register", registration)).As<Account>(201);

        bob.Username.ShouldBe(name);
        bob.Email.ShouldBe($"{name}@example.org");
        (await server.Anonymous.Post("/auth/register", registration with { username = name.ToUpperInvariant() }))
            .ShouldBeProblem(409, "email_taken");
        (await server.Anonymous.Post("/auth/register", registration with { email = $"{NewWord()}@example.org" }))
            .ShouldBeProblem(409, "username_taken");
        var tokens = (await server.Anonymous.Post(
            "/auth/login", new { email = $"{Wide(name.ToUpperInvariant())}@Example．ORG", password = "horse-battery-7" })).As<Tokens>();
        (await Search(ann, $"q={Uri.EscapeDataString(Wide(name))}")).Users.Select(user => user.Id).ShouldBe([bob.Id]);
        (await Search(ann, $"q={Uri.EscapeDataString(registration.email)}")).Users.Select(user => user.Id).ShouldBe([bob.Id]);

        var room = (await ann.Api.Get($"/chat-rooms/check/{bob.Id}")).As<Room>();
        await ann.Send(room.Id, $"＠{Wide(name.ToUpperInvariant())} 안녕");
        var notifications = server.Anonymous.With(tokens.AccessToken);
        await Eventually.Holds(
            async () => (await notifications.Get("/notifications")).Text.Contains("\"mention\"", StringComparison.Ordinal), "the mention");
    }

    [Fact]
    public async Task A_search_for_nothing_visible_is_refused()
    {
        var me = await server.NewUser();
        foreach (var list in new[] { "/users/search", "/friends/search" })
        {
            (await me.Api.Get($"{list}?q=%E3%85%A4")).ShouldBlame("q");
            (await me.Api.Get($"{list}?q=%E2%80%8B")).ShouldBlame("q");
        }
        (await Search(me, "q=%CC%81")).Users.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_search_never_finds_the_caller()
    {
        var word = NewWord();
        var me = await server.NewUser(word);
        var other = await server.NewUser(word);

        (await Search(me, $"q={word}")).Users.Select(user => user.Id).ShouldBe([other.Id]);
        (await Search(me, $"q={Uri.EscapeDataString(me.Account.Email)}")).Users.ShouldBeEmpty();
    }

    [Fact]
    public async Task Wildcards_of_the_store_are_plain_characters()
    {
        var me = await server.NewUser();
        var word = NewWord();
        var plain = await Named($"{word}_x");
        await Named($"{word}yx");

        (await Search(me, $"q={word}_x")).Users.Select(user => user.Id).ShouldBe([plain.Id]);
        (await Search(me, $"q={word}%25x")).Users.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_show_every_user_once()
    {
        var me = await server.NewUser();
        var word = NewWord();
        var people = new List<long>();
        for (var number = 0; number < 5; number++)
            people.Add((await Named($"{word}{number}")).Id);

        var seen = new List<long>();
        string? cursor = null;
        for (var page = 0; page < 3; page++)
        {
            var found = await Search(me, $"q={word}&limit=2" + (cursor is null ? "" : $"&after={Uri.EscapeDataString(cursor)}"));
            found.TotalCount.ShouldBe(5);
            found.Users.Length.ShouldBe(page < 2 ? 2 : 1);
            seen.AddRange(found.Users.Select(user => user.Id));
            cursor = found.NextCursor?.ToString();
        }
        cursor.ShouldBeNull();
        seen.ShouldBe(people, ignoreOrder: true);
    }

    private static async Task<Found> Search(User user, string query) => (await user.Api.Get($"/users/search?{query}")).As<Found>();

    private static string Wide(string text) => string.Concat(text.Select(c => (char)(c - '!' + '\uFF01')));

    private static string NewWord() => $"w{Guid.NewGuid():N}"[..14];

    private static (string Name, string Initials) NewKoreanName()
    {
        // A composed syllable is 0xAC00 + (initial * 21 + vowel) * 28 + final (Unicode, 3.12).
        const string initials = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
        var chosen = Enumerable.Range(0, 6).Select(_ => Random.Shared.Next(initials.Length)).ToArray();
        var syllables = chosen.Select(
            initial => (char)(0xAC00 + (((initial * 21) + Random.Shared.Next(21)) * 28) + Random.Shared.Next(28)));
        return (string.Concat(syllables), string.Concat(chosen.Select(initial => initials[initial])));
    }

    private async Task<Account> Named(string username) => (await server.Anonymous.Post(
        "/auth/register", new { email = $"{User.NewName()}@example.org", username, password = "horse-battery-7" })).As<Account>(201);
}
