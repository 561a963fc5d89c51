using System.Globalization;

namespace BigTech.Tests.EndToEnd;

/// <summary>A stream that is cut several times while users act, and that resumes each time after the last received id.</summary>
public static class FollowedStream
{
    /// <summary>Reads events over several connections until the acting ends, and leaves a stream open for later events.</summary>
    /// <param name="open">Opens the stream after an id.</param>
    /// <returns>The events of all cut connections, and the last stream.</returns>
    public static async Task<(List<SseEvent> Events, SseClient Last)> While(
        Task acting, Func<string, Task<SseClient>> open, string lastEventId, Random random)
    {
        var events = new List<SseEvent>();
        while (true)
        {
            var stream = await open(lastEventId);
            if (acting.IsCompleted)
            {
                await acting;
                return (events, stream);
            }
            var enough = random.Next(1, 6);
            await Task.WhenAny(acting, stream.WaitUntil(all => all.Count > enough, $"{enough} events"));
            await stream.DisposeAsync();
            stream.Events.ShouldAscendFrom(lastEventId);
            events.AddRange(stream.Events);
            lastEventId = stream.LastEventId ?? lastEventId;
        }
    }

    /// <summary>Every change comes once and in order: each event has a version above that of the event before it.</summary>
    /// <param name="lastEventId">The id after which the stream was opened.</param>
    public static void ShouldAscendFrom(this IEnumerable<SseEvent> events, string lastEventId)
    {
        var last = VersionOf(lastEventId);
        foreach (var e in events)
        {
            var version = VersionOf(e.Id.ShouldNotBeNull());
            if (e.Type == "ready")
                version.ShouldBeGreaterThanOrEqualTo(last, $"{e.Type} {e.Data}");
            else
                version.ShouldBeGreaterThan(last, $"{e.Type} {e.Data}");
            last = version;
        }
    }

    private static long VersionOf(string id) => long.Parse(id[(id.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
}
