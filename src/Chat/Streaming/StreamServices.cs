using BigTech.BuildingBlocks.Streaming;
using BigTech.Chat.Storage;

namespace BigTech.Chat.Streaming;

/// <summary>What a stream of rooms needs, as one parameter.</summary>
internal readonly record struct StreamServices(ChatStore Store, RoomHub Hub, RoomReplay Replay, StreamRegistry Registry);
