using System.Net.Http.Json;
using System.Text.Json;

namespace BigTech.Tests.EndToEnd.Accounts;

[Scenarios]
public sealed class SessionScenarios(SharedServer server)
{
    [Fact]
    public async Task Refreshing_gives_new_tokens_for_the_same_session()
    {
        var user = await server.NewUser();

        var tokens = (await Refresh(user)).As<Tokens>();

        tokens.RefreshToken.ShouldNotBe(user.Tokens.RefreshToken);
        tokens.AccessToken.ShouldNotBe(user.Tokens.AccessToken);
        tokens.UserId.ShouldBe(user.Id);
        (await user.With(tokens).IsSignedIn()).ShouldBeTrue();
        (await Sessions(user)).Count.ShouldBe(1);
        (await Refresh(user.With(tokens))).ShouldBe(200);
    }

    [Fact]
    public async Task A_refresh_token_older_than_the_last_exchange_ends_its_whole_family_and_no_other_session()
    {
        var user = await server.NewUser();
        var other = await user.SignInAgain();
        var renewed = user.With((await Refresh(user)).As<Tokens>());
        renewed = renewed.With((await Refresh(renewed)).As<Tokens>());

        (await Refresh(user)).ShouldBeProblem(401, "refresh_token_reused");

        (await Refresh(renewed)).ShouldBeProblem(401);
        await ShouldBeSignedOut(user);
        await ShouldBeSignedOut(renewed);
        (await other.IsSignedIn()).ShouldBeTrue();
        (await Refresh(other)).ShouldBe(200);
    }

    [Fact]
    public async Task Of_many_tabs_that_refresh_with_the_same_token_at_once_all_get_the_same_new_one()
    {
        var user = await server.NewUser();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Refresh(user)));

        var tokens = answers.Select(answer => answer.As<Tokens>()).ToList();
        tokens.Select(each => each.RefreshToken).Distinct().Count().ShouldBe(1);
        foreach (var each in tokens)
            (await user.With(each).IsSignedIn()).ShouldBeTrue();
        (await Refresh(user.With(tokens[0]))).ShouldBe(200);
    }

    [Fact]
    public async Task A_refresh_token_alone_ends_its_session_everywhere_and_no_other()
    {
        var user = await server.NewUser();
        var other = await user.SignInAgain();

        (await server.Anonymous.Post("/auth/logout", new { refresh_token = user.Tokens.RefreshToken })).ShouldBe(204);

        await ShouldBeSignedOut(user);
        (await Refresh(user)).ShouldBeProblem(401);
        (await other.IsSignedIn()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    public async Task A_refresh_token_that_never_was_is_refused(string token)
    {
        var answer = await server.Anonymous.Post("/auth/refresh", new { refresh_token = token });

        answer.ShouldBeProblem(answer.ShouldBe(401, 422).Status);
    }

    [Fact]
    public async Task Logout_ends_this_session_and_no_other()
    {
        var user = await server.NewUser();
        var other = await user.SignInAgain();

        (await user.Api.Post("/auth/logout")).ShouldBe(204);

        await ShouldBeSignedOut(user);
        (await Refresh(user)).ShouldBeProblem(401);
        (await other.IsSignedIn()).ShouldBeTrue();
    }

    [Fact]
    public async Task Logout_with_a_misspelt_field_ends_no_session()
    {
        var user = await server.NewUser();
        var other = await user.SignInAgain();

        var body = new Dictionary<string, string> { ["refreshToken"] = other.Tokens.RefreshToken };
        (await user.Api.Post("/auth/logout", body)).ShouldBlame("refreshToken");

        (await user.IsSignedIn()).ShouldBeTrue();
        (await other.IsSignedIn()).ShouldBeTrue();
    }

    [Fact]
    public async Task Logout_all_ends_every_session()
    {
        var user = await server.NewUser();
        var other = await user.SignInAgain();

        (await user.Api.Post("/auth/logout-all")).ShouldBe(204);

        foreach (var session in new[] { user, other })
        {
            await ShouldBeSignedOut(session);
            (await Refresh(session)).ShouldBeProblem(401);
        }
        (await (await user.SignInAgain()).IsSignedIn()).ShouldBeTrue();
    }

    [Fact]
    public async Task Sessions_are_listed_and_one_can_be_ended_from_another()
    {
        var user = await server.NewUser();
        var phone = await user.SignInAgain();
        var listed = await Sessions(user);
        listed.Count.ShouldBe(2);
        var others = listed.Where(session => !session.GetProperty("current").GetBoolean()).ToList();
        others.Count.ShouldBe(1);

        (await user.Api.Delete($"/auth/sessions/{others[0].GetProperty("id")}")).ShouldBe(204);

        await ShouldBeSignedOut(phone);
        (await user.IsSignedIn()).ShouldBeTrue();
        (await Sessions(user)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_name_of_a_client_writes_nothing_to_the_terminal_of_its_reader()
    {
        var user = await server.NewUser();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Anonymous.Url("/auth/login"));
        request.Content = JsonContent.Create(new { email = user.Account.Email, password = user.Password });
        request.Headers.TryAddWithoutValidation("User-Agent", "Phone\e[31m/1.0").ShouldBeTrue();

        (await server.Anonymous.Send(request)).ShouldBe(200);

        (await Sessions(user)).Select(session => session.GetProperty("user_agent").GetString()).ShouldContain("Phone[31m/1.0");
    }

    [Fact]
    public async Task A_session_of_another_user_is_404_and_lives_on()
    {
        var user = await server.NewUser();
        var stranger = await server.NewUser();
        var session = (await Sessions(user)).Single();

        (await stranger.Api.Delete($"/auth/sessions/{session.GetProperty("id")}")).ShouldBeProblem(404);

        (await user.IsSignedIn()).ShouldBeTrue();
        (await Refresh(user)).ShouldBe(200);
    }

    [Fact]
    public async Task A_new_password_needs_the_old_one_and_ends_the_other_sessions()
    {
        var user = await server.NewUser();
        var other = await user.SignInAgain();
        const string fresh = "staple-correct-99";

        (await ChangePassword(user, "not-the-0ld-one", fresh)).ShouldBe(400, 401, 403, 422);
        (await other.IsSignedIn()).ShouldBeTrue();
        (await ChangePassword(user, user.Password, fresh)).ShouldBe(204);

        await ShouldBeSignedOut(other);
        (await Refresh(other)).ShouldBeProblem(401);
        (await user.IsSignedIn()).ShouldBeTrue("the session that changed the password goes on");
        (await server.Anonymous.Post("/auth/login", new { email = user.Account.Email, password = user.Password })).ShouldBeProblem(401);
        (await server.Anonymous.Post("/auth/login", new { email = user.Account.Email, password = fresh })).ShouldBe(200);
    }

    [Fact]
    public async Task A_new_password_keeps_to_the_rules_of_registration()
    {
        var user = await server.NewUser();

        (await ChangePassword(user, user.Password, "short1")).ShouldBlame("new_password");
        (await ChangePassword(user, user.Password, "password1")).ShouldBlame("new_password");
        (await ChangePassword(user, user.Password, user.Account.Email)).ShouldBlame("new_password");
    }

    private static async Task ShouldBeSignedOut(User user) =>
        await Eventually.Holds(async () => !await user.IsSignedIn(), "the access token has stopped working");

    private static Task<Answer> Refresh(User user) =>
        user.Anonymous.Post("/auth/refresh", new { refresh_token = user.Tokens.RefreshToken });

    private static Task<Answer> ChangePassword(User user, string old, string fresh) =>
        user.Api.Put("/auth/password", new { old_password = old, new_password = fresh });

    private static async Task<List<JsonElement>> Sessions(User user) =>
        [.. (await user.Api.Get("/auth/sessions")).ShouldBe(200).Json.GetProperty("sessions").EnumerateArray()];
}
