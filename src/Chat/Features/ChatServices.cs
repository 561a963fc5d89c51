using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Features;

/// <summary>What many use cases of Chat need, as one parameter.</summary>
internal readonly record struct ChatServices(
    RoomAccess Access, ChatStore Store, ChatUserReadModel Users, BlockedPairs Blocks, PrivacyRules Privacy, FriendshipChecks Friendships,
    RoomViews Views, ChatLimits Limits, HttpResponse Response);
