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
    public async Task What_is_unread_begins_at_a_line_and_each_day_has_its_name()
    {
        await using var scene = await RoomScene.Start(chromium, messages: 2);
        await WebUser.See(scene.Bob.Message("message 2."));
        await scene.Bob.Go("/app/friends");
        await scene.Ann.Send(scene.Room, "message 3.");
        await scene.Ann.Send(scene.Room, "message 4.");
        await scene.Bob.Go("/");
        await WebUser.See(scene.Page.Locator("a.room .badge", new() { HasText = "2" }));

        await scene.Page.ClickAsync("a.room");

        await WebUser.See(scene.Page.Locator(".unread-line + article", new() { HasText = "message 3." }));
        await Expect(scene.Page.Locator(".day")).ToHaveCountAsync(1);
        await Expect(scene.Page.Locator("#messages > .day:first-child + article")).ToContainTextAsync("message 1.");
    }

    [Fact]
    public async Task The_first_of_many_unread_messages_is_one_click_away()
    {
        await using var scene = await RoomScene.Start(chromium, Messages);

        await scene.Page.ClickAsync(".to-unread");

        await Expect(scene.Page.Locator(".unread-line + article")).ToBeInViewportAsync(new() { Timeout = WebUser.PatientMilliseconds });
        await Expect(scene.Page.Locator(".unread-line + article")).ToContainTextAsync("message 1.");
        await WebUser.NotSee(scene.Page.Locator(".to-unread"));
    }

    [Fact]
    public async Task An_answer_shows_what_it_answers_however_old_that_is()
    {
        await using var scene = await RoomScene.Start(chromium, Messages);
        var old = (await scene.Ann.WholeHistory(scene.Room))[4];
        (await scene.Ann.Api.Post($"/messages/{scene.Room}", new { content = "That one.", message_type = "text", reply_to = old.Id }))
            .ShouldBe(201);

        var quote = scene.Bob.Message("That one.").Locator(".reply-to");
        await WebUser.See(quote.GetByText("message 5."));
        await scene.Ann.Delete(old);
        await WebUser.See(quote.GetByText("deleted"));
        scene.Bob.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Pins_are_walked_through_one_after_the_other()
    {
        await using var scene = await RoomScene.Start(chromium, messages: 3);
        foreach (var message in (await scene.Ann.WholeHistory(scene.Room)).Take(2)) (await scene.Ann.Pin(message)).ShouldBe(200, 201, 204);
        await WebUser.See(scene.Page.Locator(".pinned", new() { HasText = "1 of 2" }));
        var first = await scene.Page.InnerTextAsync(".pinned bdi");

        await scene.Page.ClickAsync(".pinned");

        await WebUser.See(scene.Page.Locator(".pinned", new() { HasText = "2 of 2" }));
        (await scene.Page.InnerTextAsync(".pinned bdi")).ShouldNotBe(first);
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
