using System.Diagnostics;

namespace BigTech.BuildingBlocks.Events;

/// <summary>The spans of events: they continue the trace of the request that caused an event, over the outbox and the broker.</summary>
internal static class EventTraces
{
    // More would make one span as large as a batch of events.
    private const int MaxLinks = 64;

    /// <summary>The handling of some events: in the trace of a single one, linked to the traces of several.</summary>
    public static Activity? StartProcess(string topic, IReadOnlyList<EventEnvelope> events)
    {
        if (!Meters.Activities.HasListeners()) return null;
        var name = $"{topic} process";
        if (events.Count == 1) return Meters.Activities.StartActivity(name, ActivityKind.Consumer, events[0].TraceParent);
        var links = events.Select(ContextOf).OfType<ActivityContext>().Where(IsRecorded).Distinct().Take(MaxLinks)
            .Select(trace => new ActivityLink(trace)).ToList();
        return Meters.Activities.StartActivity(name, ActivityKind.Consumer, parentContext: default, links: links);
    }

    /// <summary>
    /// The way of an event to the broker; null where its trace is not recorded. It is not current: many events are on their way at once.
    /// </summary>
    public static Activity? StartPublish(EventEnvelope e)
    {
        if (!Meters.Activities.HasListeners() || ContextOf(e) is not { } cause || !IsRecorded(cause)) return null;
        var current = Activity.Current;
        var span = Meters.Activities.StartActivity($"{e.Topic} publish", ActivityKind.Producer, cause);
        Activity.Current = current;
        return span;
    }

    private static bool IsRecorded(ActivityContext trace) => trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);

    private static ActivityContext? ContextOf(EventEnvelope e) =>
        ActivityContext.TryParse(e.TraceParent, traceState: null, isRemote: true, out var trace) ? trace : null;
}
