namespace BigTech.Tests.Browser;

/// <summary>
/// An EventSource of a real browser, with nothing but its address and the cookie, on a page of the server and on one of another origin:
/// what it survives, and what ends it.
/// </summary>
public sealed class EventSourceTests(Chromium chromium)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_survives_a_restart_of_the_server_and_misses_nothing(bool sameOrigin)
    {
        await using var scene = await Scene.Start(chromium, sameOrigin);
        await scene.Ann.Send(scene.Room, "before");
        await scene.Bob.Messages(1);

        scene.Server.Terminate();
        await scene.Server.Ended();
        // Whatever time that takes: it comes back in vain, and then again.
        await scene.Bob.Until("errors >= 3");
        await scene.Server.Restart();
        await scene.Ann.Send(scene.Room, "after");

        (await scene.Bob.Messages(2)).ShouldBe([1, 2]);
        await scene.ShouldBeSteady();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_survives_rotations_and_gets_every_message_once(bool sameOrigin)
    {
        const int messages = 30;
        await using var scene = await Scene.Start(chromium, sameOrigin, ("Streams__RotateMinutes", "0.02"));

        for (var number = 1; number <= messages; number++)
        {
            await scene.Ann.Send(scene.Room, $"{number}");
            if (number % 10 == 0)
                await scene.Bob.Until($"opened > {number / 10}");
        }

        (await scene.Bob.Messages(messages)).ShouldBe(Enumerable.Range(1, messages).Select(seq => (long)seq));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_the_user_is_removed_from_the_room(bool sameOrigin)
    {
        await using var scene = await Scene.Start(chromium, sameOrigin);

        (await scene.Ann.Api.Delete($"/chat-rooms/{scene.Room}/members/{scene.BobId}")).ShouldBe(204);

        await scene.Bob.Ended();
        (await scene.Bob.Evaluate("seen.at(-1)")).GetProperty("name").GetString().ShouldBe("member");
        await scene.ShouldHaveKnockedOnce();
        await scene.Bob.Follow("/messages/stream");
        await scene.Bob.Until("seen.length > 0");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task It_ends_when_the_user_signs_out(bool sameOrigin, bool everywhere)
    {
        await using var scene = await Scene.Start(chromium, sameOrigin);

        (await scene.BobApi.Post(everywhere ? "/auth/logout-all" : "/auth/logout")).ShouldBe(204);

        await scene.Bob.Ended();
        await scene.ShouldHaveKnockedOnce();
    }

    [Fact]
    public async Task A_limit_that_is_reached_does_not_end_it()
    {
        await using var scene = await Scene.Start(chromium, sameOrigin: true, ("Streams__MaxPerUser", "1"));
        await using var second = await Visitor.Open(chromium, scene.Server.Url());
        (await second.SignIn(scene.BobToken)).ShouldBe(204);
        await second.Follow($"/messages/stream/{scene.Room}");
        await second.Until("seen.some(event => event.name === 'unavailable' && event.data.code === 'too_many_streams')");

        await scene.Bob.Page.EvaluateAsync("source.close()");

        await second.Until("seen.at(-1).name === 'ready'");
    }

    [Fact]
    public async Task A_page_sees_heartbeats_that_are_events()
    {
        await using var scene = await Scene.Start(chromium, sameOrigin: true, ("Streams__HeartbeatSeconds", "1"));

        await scene.Bob.Follow($"/messages/stream/{scene.Room}?heartbeat=event");

        await scene.Bob.Until("seen.filter(event => event.name === 'heartbeat').length >= 2");
        (await scene.Bob.Evaluate("new Set(seen.map(event => event.id)).size")).GetInt32().ShouldBe(1, "a heartbeat moves no position");
    }

    [Fact]
    public async Task A_page_of_another_site_has_no_cookie_and_ends()
    {
        await using var scene = await Scene.Start(chromium, sameOrigin: false);
        await using var foreign = await Visitor.Open(chromium, scene.Server.Url(), scene.Other.OtherSite);
        (await foreign.SignIn(scene.BobToken)).ShouldBe(204, "the server may be called, and the browser does not keep the cookie");

        await foreign.Follow("/messages/stream");

        await foreign.Ended();
        (await foreign.Evaluate("seen.length")).GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Scripts_do_not_see_the_cookie()
    {
        await using var scene = await Scene.Start(chromium, sameOrigin: true);

        (await scene.Bob.Evaluate("document.cookie")).GetString().ShouldBe("");
        (await scene.Bob.Page.Context.CookiesAsync()).Single(cookie => cookie.Name == "browser_session").HttpOnly.ShouldBeTrue();
    }
}
