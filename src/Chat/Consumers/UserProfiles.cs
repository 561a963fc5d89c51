using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Storage;
using BigTech.Contracts.Users;

namespace BigTech.Chat.Consumers;

/// <summary>Updates Chat's user profiles from user.events.</summary>
internal sealed class UserProfiles(ChatUserReadModel users)
{
    public void On(UserRegistered e, UnitOfWork work) =>
        users.Save(work, new UserSummary(e.UserId, e.Username, e.DisplayName, e.ProfileImageUrl), e.CreatedAt);

    public void On(UserProfileUpdated e, UnitOfWork work) =>
        users.Save(work, new UserSummary(e.UserId, e.Username, e.DisplayName, e.ProfileImageUrl), e.UpdatedAt);
}
