using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.Contracts.Json;

namespace BigTech.BuildingBlocks.Events;

/// <summary>The outbox of a transaction.</summary>
public static class OutboxExtensions
{
    extension(UnitOfWork work)
    {
        /// <summary>The position of the newest committed event.</summary>
        public long CommittedPosition => Outbox.In(work.Participant).CommittedPosition;

        /// <summary>The position of the next event.</summary>
        public long NextPosition => Outbox.In(work.Participant).NextPosition;

        /// <summary>Adds an event to the outbox: it is published if, and only if, this transaction commits.</summary>
        public void Append<TEvent>(TEvent e) where TEvent : IIntegrationEvent =>
            work.Append(TEvent.Topic, e.Key, TEvent.WireName, EventJson.Serialize(e));

        /// <summary>The same for an event that is already serialized.</summary>
        public void Append(string topic, string key, string wireName, byte[] data) =>
            Outbox.In(work.Participant).Append(work, topic, key, wireName, data);
    }
}
