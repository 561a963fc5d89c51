using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>A room with more messages than a screen holds.</summary>
public sealed class HistoryTests(Chromium chromium)
{
    private const int Messages = 150;

    [Fact]
    public async Task Older_messages_come_as_one_scrolls_and_the_place_stays()
    {
        await using var scene = await RoomScene.Start(chromium, Messages);
        await WebUser.See(scene.Bob.Message($"message {Messages}."));
        await WebUser.NotSee(scene.Bob.Message("message 1."));

        while (await scene.Bob.Message("message 1.").CountAsync() == 0)
        {
            var first = await scene.Page.EvaluateAsync<Place>(
                """
                () => {
                  const list = document.querySelector("#messages");
                  list.scrollTop = 0;
                  const row = list.querySelector("article.message");
                  return { Seq: row.dataset.seq, Top: row.getBoundingClientRect().top };
                }
                """);
            var row = scene.Page.Locator($"article.message[data-seq='{first.Seq}']");
            await Eventually.Holds(
                async () => await scene.Page.Locator("article.message").First.GetAttributeAsync("data-seq") != first.Seq, "older messages");
            (await row.BoundingBoxAsync()).ShouldNotBeNull().Y.ShouldBe(first.Top, tolerance: 2);
        }

        await WebUser.See(scene.Bob.Message("message 1.").First);
        await scene.Ann.Send(scene.Room, "the newest");
        await scene.Page.ClickAsync(".to-end");
        await WebUser.See(scene.Bob.Message("the newest"));
        await Expect(scene.Bob.Message("the newest")).ToBeInViewportAsync(new() { Timeout = WebUser.PatientMilliseconds });
        await WebUser.NotSee(scene.Page.Locator(".to-end"));
        scene.Bob.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Messages_that_come_below_do_not_move_what_is_read()
    {
        await using var scene = await RoomScene.Start(chromium, messages: 60);
        await WebUser.See(scene.Bob.Message("message 60."));
        await scene.Page.EvaluateAsync("document.querySelector('#messages').scrollTop -= 900");
        await scene.Page.WaitForFunctionAsync("document.querySelector('#messages').scrollTop > 0");
        var seen = scene.Bob.Message("message 50.");
        await Expect(seen).ToBeVisibleAsync();
        var before = await TopOf(scene.Page, seen);

        for (var number = 61; number <= 70; number++) await scene.Ann.Send(scene.Room, $"message {number}.");

        await WebUser.See(scene.Page.Locator(".to-end", new() { HasText = "10" }));
        (await TopOf(scene.Page, seen)).ShouldBe(before, tolerance: 1);
        scene.Bob.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task A_pinned_message_far_above_is_shown_when_its_pin_is_chosen()
    {
        await using var scene = await RoomScene.Start(chromium, Messages);
        var old = (await scene.Ann.WholeHistory(scene.Room))[9];
        (await scene.Ann.Pin(old)).ShouldBe(200, 201, 204);

        await scene.Page.ClickAsync(".pinned");
        await Expect(scene.Bob.Message("message 10.")).ToBeInViewportAsync(new() { Timeout = WebUser.PatientMilliseconds });

        await scene.Page.ClickAsync(".to-end");
        await Expect(scene.Bob.Message($"message {Messages}.")).ToBeInViewportAsync(new() { Timeout = WebUser.PatientMilliseconds });
        scene.Bob.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task A_room_that_is_opened_while_messages_come_shows_each_of_them_once()
    {
        await using var scene = await RoomScene.Start(chromium);
        using var enough = new CancellationTokenSource();
        var writing = Write();
        for (var visit = 0; visit < 3; visit++)
        {
            await scene.Page.GotoAsync(new Uri(scene.Server.Url(), $"app/rooms/{scene.Room}").ToString());
            await WebUser.See(scene.Page.Locator("article.message").First);
        }
        await enough.CancelAsync();
        var last = await writing;

        await WebUser.See(scene.Bob.Message($"message {last}."));
        var shown = (await scene.Page.Locator("article.message .bubble").AllInnerTextsAsync()).Select(text => text.Trim()).ToList();
        shown.ShouldBe(Enumerable.Range(last - shown.Count + 1, shown.Count).Select(number => $"message {number}."));
        scene.Bob.ShouldHaveNoComplaints();

        async Task<int> Write()
        {
            var number = 0;
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(30));
            while (!enough.IsCancellationRequested && await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            {
                await scene.Ann.Send(scene.Room, $"message {++number}.");
            }
            return number;
        }
    }

    private sealed record Place
    {
        public string Seq { get; init; } = "";

        public float Top { get; init; }
    }

    private static async Task<float> TopOf(IPage page, ILocator row) =>
        (await row.BoundingBoxAsync()).ShouldNotBeNull().Y - (await page.Locator("#messages").BoundingBoxAsync()).ShouldNotBeNull().Y;
}
