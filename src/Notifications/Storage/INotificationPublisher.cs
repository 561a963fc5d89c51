using BigTech.BuildingBlocks.Streaming;
using BigTech.Notifications.Views;

namespace BigTech.Notifications.Storage;

/// <summary>Receives what the writer has committed, on its thread and in the order of the commits. Its methods must not block.</summary>
internal interface INotificationPublisher
{
    /// <summary>Whether streams get a <see cref="Signal"/> and read the store, instead of receiving the change.</summary>
    bool StreamsRead { get; }

    /// <summary>Whether the user has an open stream in this process: else there is nothing to publish to.</summary>
    bool IsListening(long userId);

    /// <summary>Sends a change to the user's streams.</summary>
    void Publish(long userId, VersionedEvent change);

    /// <summary>Makes the user's streams read a change, here and at other replicas.</summary>
    void Signal(NotificationSignal signal);
}
