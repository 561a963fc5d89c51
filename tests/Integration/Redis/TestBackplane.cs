using BigTech.BuildingBlocks.Core;

namespace BigTech.Tests.Integration.Redis;

/// <summary>Signals between two parts of a test, which can be lost, or delayed and reordered.</summary>
internal sealed class TestBackplane : IBackplane
{
    private readonly Dictionary<string, Action<string>> _handlers = [];
    private readonly List<(string Channel, string Text)> _held = [];
    private Action? _missed;
    private TestBackplane _other = null!;

    public bool IsClustered => true;

    public bool AreLost { get; set; }

    /// <summary>Whether signals wait for <see cref="DeliverSome"/>.</summary>
    public bool AreHeld { get; set; }

    public static (TestBackplane Here, TestBackplane There) Pair()
    {
        var (here, there) = (new TestBackplane(), new TestBackplane());
        (here._other, there._other) = (there, here);
        return (here, there);
    }

    public void Publish(string channel, string text)
    {
        if (AreLost) return;
        if (AreHeld) _held.Add((channel, text));
        else _other._handlers[channel](text);
    }

    /// <summary>Delivers some of the held signals, in any order.</summary>
    public void DeliverSome(Random random)
    {
        for (var left = random.Next(_held.Count + 1); left > 0; left--)
        {
            var place = random.Next(_held.Count);
            var (channel, text) = _held[place];
            _held.RemoveAt(place);
            _other._handlers[channel](text);
        }
    }

    public void Subscribe(string channel, Action<string> handle, Action missed)
    {
        _handlers.Add(channel, handle);
        _missed += missed;
    }

    /// <summary>Reports missed signals, as after a failure.</summary>
    public void LookEverywhere() => _missed!();
}
