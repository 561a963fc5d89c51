namespace BigTech.Contracts;

/// <summary>
/// A fact that one bounded context publishes to the others. It is delivered at least once and, for one <see cref="Key"/>, in commit order.
/// A golden file freezes the wire form: fields are added, never changed.
/// </summary>
public interface IIntegrationEvent
{
    /// <summary>The CloudEvents type, explicit and versioned; never a CLR name.</summary>
    static abstract string WireName { get; }

    /// <summary>The topic that carries the event; see <see cref="Topics"/>.</summary>
    static abstract string Topic { get; }

    /// <summary>Events with the same key keep their order.</summary>
    string Key { get; }
}
