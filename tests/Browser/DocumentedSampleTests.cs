using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Browser;

/// <summary>The sample of the pages for client authors, as it is written there.</summary>
public sealed partial class DocumentedSampleTests(Chromium chromium)
{
    private const string English = "docs/operations/streams.md", Korean = "docs/operations/streams.ko.md";

    [Theory]
    [InlineData(English, true)]
    [InlineData(English, false)]
    [InlineData(Korean, true)]
    public async Task It_shows_every_message_across_rotations_and_ends_with_the_membership(string page, bool sameOrigin)
    {
        await using var scene = await Scene.Start(chromium, sameOrigin, ("Streams__RotateMinutes", "0.02"));
        await scene.Ann.Send(scene.Room, "before");
        await Run(scene, page);

        for (var number = 1; number <= 6; number++)
        {
            await scene.Ann.Send(scene.Room, $"{number}");
            await scene.Bob.Until($"messages.length === {number}");
            if (number % 3 == 0)
                await scene.Bob.Until($"readies > {number / 3}");
        }

        (await scene.Bob.Page.EvaluateAsync<long[]>("messages")).ShouldBe([2, 3, 4, 5, 6, 7]);
        (await scene.Bob.Evaluate("shown")).GetInt32().ShouldBe(1);
        (await scene.Bob.Evaluate("overs")).GetInt32().ShouldBe(0);
        (await scene.Ann.Api.Delete($"/chat-rooms/{scene.Room}/members/{scene.BobId}")).ShouldBe(204);
        await scene.Bob.Until("overs === 1");
    }

    [Fact]
    public async Task It_ends_when_the_user_signs_out()
    {
        await using var scene = await Scene.Start(chromium, sameOrigin: true);
        await Run(scene, English);
        await scene.Bob.Until("readies === 1");

        (await scene.BobApi.Post("/auth/logout")).ShouldBe(204);

        await scene.Bob.Until("overs === 1");
    }

    [Fact]
    public async Task It_replaces_a_connection_that_is_silent_for_too_long()
    {
        await using var scene = await Scene.Start(chromium, sameOrigin: true, ("Streams__HeartbeatSeconds", "1000"));
        await scene.Bob.Page.Clock.InstallAsync();
        await Run(scene, English);
        await scene.Bob.Until("readies === 1");

        await scene.Bob.Page.Clock.RunForAsync("01:00");
        await scene.Bob.Until("readies === 2");
        await scene.Ann.Send(scene.Room, "after");

        await scene.Bob.Until("messages.length === 1");
    }

    [Fact]
    public void Both_languages_show_the_same_sample() => SampleOf(Korean).ShouldBe(SampleOf(English));

    private static async Task Run(Scene scene, string page) => await scene.Bob.Page.EvaluateAsync(
        $$"""
        async ([api, token, room]) => {
          window.messages = [];
          window.shown = window.readies = window.overs = 0;
          const show = messages => { shown = messages.filter(message => message.message_type === "text").length; };
          const apply = (name, change) => {
            if (name === "message.created") messages.push(change.message.seq);
            if (name === "ready") readies++;
          };
          const over = () => overs++;
          {{SampleOf(page)}}
        }
        """, new object[] { scene.Bob.Api, scene.BobToken, scene.Room });

    private static string SampleOf(string page) =>
        Sample().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))).ShouldHaveSingleItem().Groups[1].Value;

    [GeneratedRegex("```js\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
