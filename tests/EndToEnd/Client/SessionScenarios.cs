using System.Net;
using BigTech.Chat.Client;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Client;

/// <summary>The tokens of the SDK: renewed once for all, kept, and ended.</summary>
[Scenarios]
public sealed class SessionScenarios(SharedServer server)
{
    [Fact]
    public async Task Many_calls_with_an_expired_token_renew_it_once()
    {
        using var requests = new RecordingHandler();
        using var http = ChatClients.Http(server.Anonymous.Url("/"), requests);
        var client = await ChatClients.SignIn(await server.NewUser(), http);
        var renewed = new List<SavedSession>();
        client.Session.Renewed += renewed.Add;
        var old = client.Session.Current!;
        client.Session.Restore(old with { ExpiresAt = DateTimeOffset.MinValue });

        var profiles = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Account.GetProfile()));

        profiles.Select(profile => profile.Id).Distinct().ShouldBe([old.UserId]);
        requests.Count("POST", "/auth/refresh").ShouldBe(1);
        renewed.ShouldHaveSingleItem().RefreshToken.ShouldNotBe(old.RefreshToken);
        client.Session.Current.ShouldBe(renewed[0]);
    }

    [Fact]
    public async Task A_token_that_the_server_refuses_is_renewed_and_the_call_sent_again()
    {
        using var requests = new RecordingHandler();
        using var http = ChatClients.Http(server.Anonymous.Url("/"), requests);
        var client = await ChatClients.SignIn(await server.NewUser(), http);
        client.Session.Restore(client.Session.Current! with { AccessToken = "e30.e30.e30" });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Rooms.List()));

        requests.Count("POST", "/auth/refresh").ShouldBe(1);
    }

    [Fact]
    public async Task A_session_that_was_ended_elsewhere_says_so()
    {
        var user = await server.NewUser();
        using var http = ChatClients.Http(server.Anonymous.Url("/"));
        var client = await ChatClients.SignIn(user, http);
        var isEnded = false;
        client.Session.Ended += () => isEnded = true;
        await user.Api.Post("/auth/logout-all");

        await Eventually.Holds(
            async () =>
            {
                try
                {
                    await client.Account.GetProfile();
                    return false;
                }
                catch (ChatApiException refusal) when (refusal.Status == HttpStatusCode.Unauthorized)
                {
                    return true;
                }
            },
            "the token is refused");

        isEnded.ShouldBeTrue();
        client.Session.Current.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => client.Session.UserId);
    }

    [Fact]
    public async Task A_server_that_is_not_reached_ends_no_session()
    {
        var user = await server.NewUser();
        using var proxy = new TcpProxy(server.Anonymous.Url("/").Port);
        using var http = ChatClients.Http(new Uri($"http://{proxy.Address}"));
        var client = await ChatClients.SignIn(user, http);
        client.Session.Ended += () => throw new ShouldAssertException("The session has ended.");
        client.Session.Restore(client.Session.Current! with { ExpiresAt = DateTimeOffset.MinValue });
        proxy.Cut();
        await Should.ThrowAsync<HttpRequestException>(client.Account.GetProfile());
        proxy.Heal();

        (await client.Account.GetProfile()).Id.ShouldBe(user.Id);
    }

    [Fact]
    public async Task A_kept_session_goes_on_in_another_client()
    {
        using var http = ChatClients.Http(server.Anonymous.Url("/"));
        var first = await ChatClients.SignIn(await server.NewUser(), http);
        var second = new ChatClient(http);

        second.Session.Restore(first.Session.Current!);

        (await second.Account.GetProfile()).Id.ShouldBe(first.Session.UserId);
    }
}
