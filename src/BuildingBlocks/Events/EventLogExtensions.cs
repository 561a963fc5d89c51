using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events;

/// <summary>The events of a store.</summary>
public static class EventLogExtensions
{
    extension(Store store)
    {
        /// <summary>The events that this context has published.</summary>
        public EventLog Log => Outbox.In(store.Participant).Log;
    }
}
