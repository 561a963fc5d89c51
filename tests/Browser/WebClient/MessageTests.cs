using BigTech.Tests.EndToEnd;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>What can be done with a message, seen by the other side as it happens.</summary>
public sealed class MessageTests(Chromium chromium)
{
    [Fact]
    public async Task A_message_is_edited_answered_and_deleted()
    {
        await using var pair = await Pair.Start(chromium);
        var (one, other) = (pair.One, pair.Other);
        await one.Send("Lunch at twelv?");
        await WebUser.See(other.Message("Lunch at twelv?"));

        await Act(one, "Lunch at twelv?", "Edit");
        await Expect(one.Page.Locator("#composer")).ToHaveValueAsync("Lunch at twelv?");
        await one.Send("Lunch at twelve?");
        await WebUser.See(other.Message("Lunch at twelve?").GetByText("edited"));

        await Act(other, "Lunch at twelve?", "Reply");
        await other.Send("Yes.");
        await WebUser.See(one.Message("Yes.").Locator(".reply-to", new() { HasText = "Lunch at twelve?" }));

        await Act(one, "Lunch at twelve?", "Delete", exact: true);
        await WebUser.NotSee(other.Message("Lunch at twelve?"));
        await WebUser.See(other.Message("Yes.").Locator(".reply-to", new() { HasText = "deleted" }));
        // Who may not, is not offered it.
        await other.Page.Locator("article.message", new() { HasText = "Yes." }).Locator(".more").ClickAsync();
        await WebUser.See(other.Page.Locator(".message-actions"));
        await one.Message("Yes.").Locator(".more").ClickAsync();
        await WebUser.See(one.Page.Locator(".message-actions"));
        await WebUser.NotSee(one.Page.Locator(".message-actions button:has-text('Edit')"));
        pair.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Reactions_and_pins_come_and_go()
    {
        await using var pair = await Pair.Start(chromium);
        var (one, other) = (pair.One, pair.Other);
        await one.Send("The key is under the mat.");
        await WebUser.See(other.Message("The key is under the mat."));

        await other.Message("The key").Locator(".more").ClickAsync();
        await other.Page.ClickAsync(".message-actions button[aria-label*='👍']");
        await WebUser.See(one.Message("The key").Locator(".reaction", new() { HasText = "👍" }));
        await one.Page.ClickAsync(".reaction");
        await Expect(other.Page.Locator(".reaction span")).ToHaveTextAsync("2", Patiently);
        await other.Page.ClickAsync(".reaction");
        await Expect(one.Page.Locator(".reaction span")).ToHaveTextAsync("1", Patiently);
        await one.Page.ClickAsync(".reaction");
        await WebUser.NotSee(other.Page.Locator(".reaction"));

        await Act(one, "The key", "Pin");
        await WebUser.See(other.Page.Locator(".pinned", new() { HasText = "The key" }));
        await Act(other, "The key", "Unpin");
        await WebUser.NotSee(one.Page.Locator(".pinned"));
        pair.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Who_types_is_shown_and_what_is_unread_is_counted()
    {
        await using var pair = await Pair.Start(chromium);
        var (one, other) = (pair.One, pair.Other);
        await one.Page.Locator("#composer").PressSequentiallyAsync("Hm");
        await Expect(other.Page.Locator(".typing")).Not.ToBeEmptyAsync(new() { Timeout = WebUser.PatientMilliseconds });

        await other.Go("/app/friends");
        await one.Send("Are you there?");
        await WebUser.See(one.Message("Are you there?").Locator(".unread"));
        await other.Go("/");
        await WebUser.See(other.Page.Locator("a.room .badge", new() { HasText = "1" }));
        await other.OpenRoom("Ann");
        await WebUser.NotSee(one.Page.Locator(".unread"));
        await WebUser.NotSee(other.Page.Locator("a.room .badge"));
        pair.ShouldHaveNoComplaints();
    }

    private static LocatorAssertionsToHaveTextOptions Patiently => new() { Timeout = WebUser.PatientMilliseconds };

    private static async Task Act(WebUser user, string text, string action, bool exact = false)
    {
        await user.Message(text).First.Locator(".more").ClickAsync();
        await user.Page.Locator(".message-actions").GetByRole(AriaRole.Button, new() { Name = action, Exact = exact }).First.ClickAsync();
    }

    /// <summary>Two users, each in front of a browser, in their 1:1 room.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly ServerProcess _server;

        private Pair(ServerProcess server, WebUser one, WebUser other) => (_server, One, Other) = (server, one, other);

        public WebUser One { get; }

        public WebUser Other { get; }

        public static async Task<Pair> Start(Chromium chromium)
        {
            var server = await ServerProcess.Start();
            var (ann, bob) = (await server.NewUser("Ann"), await server.NewUser("Bob"));
            await ann.RoomWith(bob);
            var one = await WebUser.SignIn(chromium, server, ann);
            var other = await WebUser.SignIn(chromium, server, bob);
            await one.OpenRoom("Bob");
            await other.OpenRoom("Ann");
            return new Pair(server, one, other);
        }

        public void ShouldHaveNoComplaints()
        {
            One.ShouldHaveNoComplaints();
            Other.ShouldHaveNoComplaints();
        }

        public async ValueTask DisposeAsync()
        {
            await One.DisposeAsync();
            await Other.DisposeAsync();
            await _server.DisposeAsync();
        }
    }
}
