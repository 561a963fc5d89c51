using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>Two browsers from sign-up to a conversation.</summary>
public sealed class ConversationTests(Chromium chromium)
{
    [Fact]
    public async Task Two_users_sign_up_become_friends_and_talk()
    {
        await using var server = await ServerProcess.Start();
        await using var ann = await WebUser.Open(chromium, server);
        await using var bob = await WebUser.Open(chromium, server);
        await ann.SignUp("ann");
        await bob.SignUp("bob");

        await ann.Go("/app/friends");
        await ann.Page.FillAsync("#search", "bob");
        await ann.Page.PressAsync("#search", "Enter");
        await ann.Page.ClickAsync("#found button.primary");
        await bob.Go("/app/friends");
        await bob.Page.ClickAsync("#received button.primary");
        await ann.Page.ClickAsync("#friends button:has-text('Message')");
        await ann.See("textarea#composer");
        await ann.Send("Hello Bob");
        await bob.Go("/");
        await bob.OpenRoom("ann");
        await WebUser.See(bob.Message("Hello Bob"));
        await bob.Send("안녕 Ann");
        await WebUser.See(ann.Message("안녕 Ann"));

        // Both have read all: no number at any message.
        await WebUser.NotSee(ann.Page.Locator(".unread"));
        await WebUser.NotSee(bob.Page.Locator(".unread"));
        ann.ShouldHaveNoComplaints();
        bob.ShouldHaveNoComplaints();
    }
}
