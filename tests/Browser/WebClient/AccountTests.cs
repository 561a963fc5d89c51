using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing.Mail;
using Microsoft.Playwright;
using MimeKit;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>Accounts by mail, and what the settings change.</summary>
public sealed class AccountTests(Chromium chromium)
{
    private const string NewPassword = "staple-correct-8";

    [Fact]
    public async Task A_forgotten_password_is_replaced_with_the_link_of_a_mail()
    {
        await using var server = await ServerProcess.Start();
        var account = await server.NewUser();
        await using var user = await WebUser.Open(chromium, server);
        await user.Page.FillAsync("#email", account.Account.Email);
        await user.Page.ClickAsync("#forgot");
        await user.See("[role=status]");
        var mail = await Mail(server, account.Account.Email, "Reset your password");

        await user.Page.GotoAsync(new Uri(server.Url(), $"reset-password#token={mail.Code()}").ToString());
        await user.Page.FillAsync("#new-password", "short");
        await user.Page.FillAsync("#new-password", NewPassword);
        await user.Page.ClickAsync("form button.primary");
        await user.Page.ClickAsync("a[href='/']");
        await user.FillSignIn(account.Account.Email, NewPassword);

        await user.See("#new-room");
        user.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task An_address_that_was_registered_twice_needs_the_password_with_its_code()
    {
        await using var server = await ServerProcess.Start(("Users__RequireVerifiedEmail", "true"));
        var address = $"{User.NewName()}@example.org";
        await using var user = await WebUser.Open(chromium, server);
        await Fill("mine_1", WebUser.Password);
        await user.See("[role=status]");
        var own = await Mail(server, address, "Finish your registration");
        (await server.Anonymous.Post("/auth/register", new { email = address, username = "stranger_1", password = NewPassword }))
            .ShouldBe(202);

        await user.Page.GotoAsync(new Uri(server.Url(), $"verify-email#token={own.Code()}").ToString());
        await user.Page.ClickAsync("form button.primary");
        await user.Page.FillAsync("#password", NewPassword);
        await user.Page.ClickAsync("form button.primary");
        await WebUser.See(user.Page.Locator("[role=alert]", new() { HasText = "wrong" }));
        await user.Page.FillAsync("#password", WebUser.Password);
        await user.Page.ClickAsync("form button.primary");
        await user.See("[role=status]");
        await user.Page.ClickAsync("a[href='/']");
        await user.FillSignIn(address, WebUser.Password);

        await user.See("#new-room");
        user.ShouldHaveNoComplaints();

        async Task Fill(string username, string password)
        {
            await user.Page.ClickAsync("#switch");
            await user.Page.FillAsync("#email", address);
            await user.Page.FillAsync("#username", username);
            await user.Page.FillAsync("#password", password);
            await user.Page.ClickAsync("form button.primary");
        }
    }

    [Fact]
    public async Task Settings_are_kept_by_the_server_and_by_the_browser()
    {
        await using var server = await ServerProcess.Start();
        var account = await server.NewUser("Bob");
        await using var user = await WebUser.SignIn(chromium, server, account);
        await user.Go("/app/settings");
        await user.See("#sessions li");

        await user.Page.FillAsync("#display-name", "로버트");
        await user.Page.FillAsync("#status-message", "away until noon");
        await user.Page.ClickAsync("section[aria-labelledby=profile-title] button");
        await user.See("[role=status]");
        await Change("privacy", () => WhoMayMessage(user).SelectOptionAsync("friends"));
        await QuietFrom(user).FillAsync("23:15");
        await Change("quiet hours", () => user.Page.ClickAsync("section[aria-labelledby=quiet-title] form button >> nth=0"));
        await user.Page.SelectOptionAsync("#theme", "dark");
        await user.Page.ClickAsync("button:has-text('한국어')");
        await Expect(user.Page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
        await user.Page.ReloadAsync();

        await Expect(user.Page.Locator("#display-name")).ToHaveValueAsync("로버트", new() { Timeout = WebUser.PatientMilliseconds });
        await Expect(user.Page.Locator("#status-message")).ToHaveValueAsync("away until noon");
        await Expect(WhoMayMessage(user)).ToHaveValueAsync("friends");
        await Expect(QuietFrom(user)).ToHaveValueAsync("23:15");
        await Expect(user.Page.Locator("#theme")).ToHaveValueAsync("dark");
        await Expect(user.Page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
        user.ShouldHaveNoComplaints();

        async Task Change(string section, Func<Task> act)
        {
            var answer = user.Page.WaitForResponseAsync(response => response.Request.Method is "PUT" or "PATCH");
            await act();
            (await answer).Status.ShouldBe(200, section);
        }
    }

    [Fact]
    public async Task A_password_is_changed_and_sessions_are_ended_from_the_settings()
    {
        await using var server = await ServerProcess.Start();
        var account = await server.NewUser();
        var elsewhere = await account.SignInAgain();
        await using var user = await WebUser.SignIn(chromium, server, account);
        await user.Go("/app/settings");
        await Expect(user.Page.Locator("#sessions li")).ToHaveCountAsync(3, new() { Timeout = WebUser.PatientMilliseconds });
        await user.Page.Locator("#sessions li button").First.ClickAsync();
        await Expect(user.Page.Locator("#sessions li")).ToHaveCountAsync(2, new() { Timeout = WebUser.PatientMilliseconds });

        await user.Page.FillAsync("#old-password", account.Password);
        await user.Page.FillAsync("#new-password", NewPassword);
        await user.Page.ClickAsync("section[aria-labelledby=password-title] button");
        await Expect(user.Page.Locator("#sessions li")).ToHaveCountAsync(1, new() { Timeout = WebUser.PatientMilliseconds });
        await Eventually.Holds(async () => !await elsewhere.IsSignedIn(), "the other sessions end");

        await user.Page.ClickAsync("#sign-out");
        await user.FillSignIn(account.Account.Email, NewPassword);
        await user.See("#new-room");
        user.ShouldHaveNoComplaints();
    }

    private static ILocator WhoMayMessage(WebUser user) => user.Page.Locator("section[aria-labelledby=privacy-title] select").First;

    private static ILocator QuietFrom(WebUser user) => user.Page.Locator("section[aria-labelledby=quiet-title] input[type=time]").First;

    private static async Task<MimeMessage> Mail(ServerProcess server, string address, string subject)
    {
        MimeMessage? found = null;
        await Eventually.Holds(
            () => (found = ReceivedMail.In(server.Data["mails"]).Find(mail => mail.To() == address && mail.Subject == subject)) is not null,
            $"a mail to {address}: {subject}");
        return found!;
    }
}
